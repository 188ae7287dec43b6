import type { TranslationOf } from '../../messages.ts';
import type { messages as english } from '../en/mails.ts';

export const messages = {
  greeting: 'Guten Tag {name},',
  greetingWithoutName: 'Guten Tag,',

  'subject.invitation': 'Sie sind eingeladen, {amount} zu verleihen',
  'heading.invitation': 'Sie sind eingeladen, {amount} zu verleihen',
  'opening.invitation': '{borrower} möchte sich Geld von Bekannten leihen und bittet Sie um ein Darlehen von {amount}.',
  'subject.changed': 'Geändert: Sie sind jetzt eingeladen, {amount} zu verleihen',
  'heading.changed': 'Der Betrag hat sich geändert: {amount}',
  'opening.changed':
    '{borrower} möchte sich Geld von Bekannten leihen und hat den Betrag Ihrer Einladung geändert: Sie werden jetzt um ein Darlehen von {amount} gebeten. Sie haben noch nicht geantwortet.',
  'subject.reminder': 'Erinnerung: Sie sind eingeladen, {amount} zu verleihen',
  'heading.reminder': 'Eine Erinnerung: Sie sind eingeladen, {amount} zu verleihen',
  'opening.reminder':
    '{borrower} möchte sich Geld von Bekannten leihen und bittet Sie um ein Darlehen von {amount}. Sie haben noch nicht geantwortet.',
  whoAsks: 'Wer bittet',
  amountAsked: 'Erbetener Betrag',
  answerBy: 'Bitte antworten Sie bis',
  time: '{date}, {time} Uhr UTC',
  seeInvitation: 'Einladung ansehen',
  toAccept:
    'Zum Annehmen: Öffnen Sie den Link und melden Sie sich mit der Adresse an, an die diese E-Mail ging: {address}. Vereinbart ist nichts, bevor Sie annehmen.',
  toDecline:
    'Zum Ablehnen: Öffnen Sie den Link und wählen Sie „Ablehnen“. Dafür brauchen Sie kein Konto. Wenn Sie nichts tun, endet die Einladung von selbst.',
  invitationReason:
    'Sie erhalten diese E-Mail, weil {borrower} Ihre Adresse eingegeben hat. Wenn Sie diese Person nicht kennen, lehnen Sie ab.',

  acceptedSubject: 'Zugesagt: Eine Person leiht Ihnen {amount}',
  acceptedHeading: 'Zugesagt: {amount}',
  acceptedOpening: '{lender} hat zugesagt, Ihnen {amount} zu leihen.',
  mayWithdraw: 'Solange das Darlehen offen ist, kann die Person ihre Zusage noch zurückziehen.',
  'subject.declined': 'Abgelehnt: Eine Person leiht Ihnen {amount} nicht',
  'heading.declined': 'Abgelehnt: {amount}',
  'opening.declined': '{lender} hat abgelehnt, Ihnen {amount} zu leihen.',
  'subject.withdrawn': 'Zurückgezogen: Eine Person leiht Ihnen {amount} doch nicht',
  'heading.withdrawn': 'Zusage zurückgezogen: {amount}',
  'opening.withdrawn': '{lender} hatte zugesagt, Ihnen {amount} zu leihen, und hat die Zusage zurückgezogen.',
  amountIsFree: 'Der Betrag ist wieder frei: Sie können dafür eine andere Person einladen.',
  'title.complete': 'Ihr Darlehen ist finanziert: {total}',
  'opening.complete': {
    one: 'Ihr Darlehen ist vollständig. Eine Person hat zugesagt, Ihnen {total} zu leihen.',
    other: 'Ihr Darlehen ist vollständig. {count} Personen haben zugesagt, Ihnen insgesamt {total} zu leihen.',
  },
  'title.closed': 'Ihr Darlehen ist mit {total} abgeschlossen',
  'opening.closed': {
    one: 'Ihr Darlehen ist abgeschlossen, mit {accepted} der erbetenen {amount}. Eine Person hat zugesagt, Ihnen diesen Betrag zu leihen.',
    other:
      'Ihr Darlehen ist abgeschlossen, mit {accepted} der erbetenen {amount}. {count} Personen haben zugesagt, Ihnen diesen Betrag zu leihen.',
  },
  agreeWithLenders:
    'Vereinbaren Sie nun mit diesen Personen, wie und wann sie zahlen. Die Namen und Adressen, und was Sie zurückzahlen, stehen auf der Seite des Darlehens.',
  borrowerReason: 'Sie erhalten diese E-Mail, weil Sie mit Ihrer Adresse um dieses Darlehen gebeten haben.',

  'toLender.subject.complete': 'Das Darlehen ist finanziert: Sie verleihen {amount}',
  'toLender.heading.complete': 'Das Darlehen ist finanziert: {total}',
  'toLender.opening.complete': '{borrower} hat das ganze Darlehen zusammen. Sie haben zugesagt, {amount} zu verleihen.',
  'toLender.subject.closed': 'Das Darlehen ist abgeschlossen: Sie verleihen {amount}',
  'toLender.heading.closed': 'Das Darlehen ist mit {total} abgeschlossen',
  'toLender.opening.closed':
    '{borrower} hat das Darlehen abgeschlossen, mit {accepted} der erbetenen {asked}. Sie haben zugesagt, {amount} zu verleihen.',
  agreeWithBorrower:
    'Vereinbaren Sie nun mit {borrower}, wie und wann Sie zahlen. Was Sie zurückbekommen, ist in Monatsraten berechnet, die erste einen Monat danach.',
  lenderReason: 'Sie erhalten diese E-Mail, weil Sie zugesagt haben, für dieses Darlehen Geld zu verleihen.',

  codeSubject: 'Ihr Code zur Anmeldung bei Private Lending',
  codeHeading: 'Ihr Code zur Anmeldung',
  codeOpening:
    'Geben Sie den folgenden Code dort ein, wo Sie ihn angefordert haben: auf der Anmeldeseite von Private Lending oder in Ihrem Programm. Er gilt {minutes} Minuten lang, einmal, und nur in dem Browser oder Programm, in dem Sie ihn angefordert haben.',
  code: 'Der Code',
  fillCodeIn: 'Code für mich eintragen',
  fillCodeInNote:
    'Öffnen Sie den Link in dem Browser, in dem Sie den Code angefordert haben. Er trägt den Code nur ein; danach wählen Sie selbst „Anmelden“.',
  codeNotRequested:
    'Wenn Sie das nicht angefordert haben, ignorieren Sie diese E-Mail: Ohne den Code kann sich niemand anmelden. Geben Sie ihn niemandem. Wir fragen nie am Telefon oder per E-Mail danach.',
  codeReason:
    'Sie erhalten diese E-Mail, weil jemand Ihre Adresse zur Anmeldung eingegeben hat. Sie wird auch gesendet, wenn Sie keine E-Mails mehr von hier wollten: Sonst könnten Sie sich nicht anmelden.',

  borrower: 'Darlehensnehmer/in',
  lender: 'Darlehensgeber/in',
  lenders: 'Darlehensgeber/innen',
  amount: 'Betrag',
  yourPart: 'Ihr Anteil',
  wholeLoan: 'Das ganze Darlehen',
  accepted: 'Angenommener Betrag',
  acceptedSoFar: 'Angenommen',
  ofAmount: '{accepted} von {amount}',
  ofAmountAskedFor: '{accepted} der erbetenen {amount}',
  comesBack: 'Sie bekommen zurück',
  payments: '{payment} im Monat, insgesamt {total}',
  paymentsLast: '{payment} im Monat (im letzten {last}), insgesamt {total}',
  onePayment: '{total} nach einem Monat',
  waiting: 'Wartet auf Antwort',
  free: 'Frei',
  interest: 'Zinsen',
  percentAYear: '{percent} im Jahr',
  term: 'Laufzeit',
  months: { one: '{count} Monat', other: '{count} Monate' },
  status: 'Das Darlehen ist',
  'status.open': 'offen',
  'status.funded': 'finanziert',
  'status.cancelled': 'abgesagt',
  openLoan: 'Darlehen öffnen',
  seePart: 'Ihren Anteil ansehen',
  stopMail: 'Alle E-Mails an mich abbestellen',
  noMoney: 'Über Private Lending fließt kein Geld. Wir fragen nie nach einer Zahlung, einem Passwort oder einer Karte.',
} as const satisfies TranslationOf<typeof english>;
