import type { TranslationOf } from '../../messages.ts';
import type { messages as english } from '../en/mails.ts';

export const messages = {
  'subject.invitation': 'Sie sind eingeladen, {amount} zu verleihen',
  'heading.invitation': 'Sie sind eingeladen, {amount} zu verleihen',
  'opening.invitation': '{borrower} nimmt ein Darlehen bei Bekannten auf und bittet Sie um {amount}.',
  'subject.changed': 'Geändert: Sie sind jetzt eingeladen, {amount} zu verleihen',
  'heading.changed': 'Der Betrag hat sich geändert: {amount}',
  'opening.changed':
    '{borrower} nimmt ein Darlehen bei Bekannten auf und hat den Betrag Ihrer Einladung geändert: Sie werden jetzt um {amount} gebeten. Sie haben noch nicht geantwortet.',
  'subject.reminder': 'Erinnerung: Sie sind eingeladen, {amount} zu verleihen',
  'heading.reminder': 'Eine Erinnerung: Sie sind eingeladen, {amount} zu verleihen',
  'opening.reminder':
    '{borrower} nimmt ein Darlehen bei Bekannten auf und bittet Sie um {amount}. Sie haben noch nicht geantwortet.',
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
  neverInvite: 'Mich nie wieder einladen',

  acceptedSubject: 'Angenommen: Eine Person leiht Ihnen {amount}',
  acceptedHeading: 'Angenommen: {amount}',
  acceptedOpening: '{lender} hat Ihre Einladung über {amount} angenommen.',
  mayWithdraw: 'Solange das Darlehen offen ist, kann die Person ihre Annahme noch zurückziehen.',
  'subject.declined': 'Abgelehnt: Eine Person leiht Ihnen {amount} nicht',
  'heading.declined': 'Abgelehnt: {amount}',
  'opening.declined': '{lender} hat Ihre Einladung über {amount} abgelehnt.',
  'subject.withdrawn': 'Zurückgezogen: Eine Person leiht Ihnen {amount} doch nicht',
  'heading.withdrawn': 'Annahme zurückgezogen: {amount}',
  'opening.withdrawn': '{lender} hatte Ihre Einladung über {amount} angenommen und hat die Annahme zurückgezogen.',
  amountIsFree: 'Der Betrag ist wieder frei: Sie können dafür eine andere Person einladen.',
  fundedTitle: 'Ihr Darlehen ist finanziert: {total}',
  fundedOpening: {
    one: 'Ihr Darlehen ist vollständig. Eine Person hat angenommen und leiht Ihnen {total}.',
    other: 'Ihr Darlehen ist vollständig. {count} Personen haben angenommen und leihen Ihnen insgesamt {total}.',
  },
  agreeWithLenders: 'Vereinbaren Sie nun mit diesen Personen, wie und wann sie zahlen.',
  borrowerReason: 'Sie erhalten diese E-Mail, weil Sie mit Ihrer Adresse um dieses Darlehen gebeten haben.',
  noMoreMail: 'Keine E-Mails mehr an diese Adresse senden',

  fundedToLenderSubject: 'Das Darlehen ist finanziert: Sie verleihen {amount}',
  fundedToLenderHeading: 'Das Darlehen ist finanziert',
  fundedToLenderOpening: 'Das Darlehen von {borrower} ist vollständig. Sie haben angenommen, {amount} zu verleihen.',
  agreeWithBorrower: 'Vereinbaren Sie nun mit {borrower}, wie und wann Sie zahlen.',
  lenderReason: 'Sie erhalten diese E-Mail, weil Sie eine Einladung zu diesem Darlehen angenommen haben.',

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
  acceptedSoFar: 'Bisher angenommen',
  ofAmount: '{accepted} von {amount}',
  toBeAnswered: 'Noch nicht beantwortet',
  notAsked: 'Noch frei',
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
  noMoney: 'Über Private Lending fließt kein Geld. Wir fragen nie nach einer Zahlung, einem Passwort oder einer Karte.',
} as const satisfies TranslationOf<typeof english>;
