import type { TranslationOf } from '../../messages.ts';
import type { messages as english } from '../en/invitations.ts';

export const messages = {
  pageTitle: '{borrower} bittet Sie um ein Darlehen von {amount}',
  pageTitleAsked: '{borrower} hat Sie um ein Darlehen von {amount} gebeten',
  pageTitleAccepted: 'Sie leihen {borrower} {amount}',
  verifiedAddress: 'Bestätigte Adresse: {address}',
  purpose: 'Verwendungszweck:',
  whoHint: 'Nehmen Sie nur an, wenn Sie diese Person kennen.',

  answerTitle: 'Ihre Antwort',
  answerBy: 'Bitte antworten Sie bis {time}. Danach endet die Einladung von selbst.',
  accept: 'Annehmen: {amount}',
  acceptConsequence:
    'Wenn Sie annehmen, können Sie Ihre Annahme zurückziehen, solange das Darlehen offen ist. Zurückziehen ist für diese Einladung endgültig, ebenso wie eine Ablehnung hier: Mitmachen können Sie danach nur mit einer neuen Einladung. Hier fließt kein Geld.',
  acceptAfterAllConsequence:
    'Wenn Sie annehmen, können Sie Ihre Annahme zurückziehen, solange das Darlehen offen ist. Zurückziehen ist für diese Einladung endgültig. Bleiben Sie bei der Ablehnung, ist auch das endgültig. Hier fließt kein Geld.',
  amountChanged: 'Der Betrag wurde von {before} auf {amount} geändert.',
  'conflict.amount':
    'Noch ist nichts vereinbart: {borrower} hat den Betrag gerade geändert. Lesen Sie ihn noch einmal, bevor Sie annehmen.',
  'conflict.taken':
    'Sie können nicht mehr annehmen: Der Betrag ist inzwischen an andere vergeben. Bitten Sie {address} um eine neue Einladung.',
  'conflict.ended': 'Ihre Antwort kam zu spät. So steht es jetzt um die Einladung.',
  decline: 'Ablehnen',
  'title.decline': 'Diese Einladung ablehnen?',
  'consequence.decline':
    '{borrower} bekommt eine E-Mail, dass Sie abgelehnt haben. Für diese Einladung ist das endgültig: Mitmachen können Sie danach nur mit einer neuen Einladung.',
  'title.confirmDecline': 'Bei der Ablehnung bleiben?',
  'consequence.confirmDecline':
    '{borrower} weiß schon, dass diese Einladung abgelehnt ist. Danach lässt es sich nicht mehr rückgängig machen: Mitmachen können Sie dann nur mit einer neuen Einladung.',
  'confirm.confirmDecline': 'Bei der Ablehnung bleiben',
  'confirm.decline': 'Ablehnen',
  keep: 'Zurück',
  withdraw: 'Meine Annahme zurückziehen',
  'title.withdraw': 'Ihre Annahme zurückziehen?',
  'consequence.withdraw':
    'Sie verleihen dann nichts, und {borrower} bekommt eine E-Mail, dass Sie Ihre Annahme zurückgezogen haben. Für diese Einladung ist das endgültig: Mitmachen können Sie danach nur mit einer neuen Einladung.',
  'confirm.withdraw': 'Zurückziehen',

  acceptedTitle: 'Sie haben angenommen',
  acceptedText: 'Sie leihen {borrower} {amount} zu {rate} Zinsen im Jahr.',
  acceptedNext:
    'Wir schreiben Ihnen, wenn das Darlehen vollständig ist. Dann vereinbaren Sie mit {address}, wie und wann Sie zahlen. Solange das Darlehen offen ist, können Sie Ihre Annahme zurückziehen, danach nicht mehr. Zurückziehen ist für diese Einladung endgültig.',
  fundedTitle: 'Das Darlehen ist vollständig',
  fundedText: 'Sie leihen {borrower} {amount} zu {rate} Zinsen im Jahr.',
  closedTitle: 'Das Darlehen wurde mit {accepted} von {total} abgeschlossen',
  fundedNext: 'Vereinbaren Sie jetzt mit {address}, wie und wann Sie zahlen. Zurückziehen können Sie Ihre Annahme nicht mehr.',
  declinedTitle: 'Sie haben abgelehnt',
  declinedText:
    'Sie verleihen nichts. Für diese Einladung ist das endgültig. Wenn Sie doch mitmachen möchten, bitten Sie {address} um eine neue.',
  withdrawnTitle: 'Sie haben Ihre Annahme zurückgezogen',
  withdrawnText:
    'Sie hatten angenommen und verleihen jetzt nichts. Für diese Einladung ist das endgültig. Wenn Sie doch mitmachen möchten, bitten Sie {address} um eine neue.',
  declinedByLinkTitle: 'Über den Link der E-Mail abgelehnt',
  declinedByLinkText:
    'Die Einladung wurde aus der E-Mail heraus abgelehnt, ohne Anmeldung. Waren Sie das nicht, oder war es ein Versehen, können Sie noch bis {time} annehmen, solange das Darlehen offen und der Betrag frei ist.',
  declinedByLinkEnded:
    'Die Einladung wurde aus der E-Mail heraus abgelehnt, ohne Anmeldung. Das lässt sich nicht mehr rückgängig machen. Wenn Sie doch mitmachen möchten, bitten Sie {address} um eine neue Einladung.',
  acceptAfterAll: 'Doch annehmen: {amount}',
  keepDeclined: 'Bei der Ablehnung bleiben',
  expiredTitle: 'Diese Einladung ist abgelaufen',
  expiredText: 'Sie endete am {time}, ohne Antwort. Wenn Sie mitmachen möchten, bitten Sie {address} um eine neue.',
  revokedTitle: 'Diese Einladung wurde zurückgezogen',
  revokedText: '{borrower} hat sie zurückgezogen. Sie brauchen nichts zu tun.',
  completeTitle: 'Das Darlehen ist ohne Sie vollständig',
  completeText: 'Es wurde vollständig, bevor Sie geantwortet haben. Sie brauchen nichts zu tun.',
  closedWithoutTitle: 'Das Darlehen wurde ohne Sie abgeschlossen',
  closedWithoutText: 'Es wurde mit {accepted} von {total} abgeschlossen, bevor Sie geantwortet haben. Sie brauchen nichts zu tun.',
  cancelledTitle: 'Das Darlehen wurde abgesagt',
  acceptedCancelledText: 'Sie hatten zugesagt, {amount} zu verleihen.',
  cancelledText: '{borrower} hat es abgesagt. Niemand leiht oder schuldet deswegen etwas.',

  termsTitle: 'Alle Bedingungen',
  termsAmount: 'Ihr Anteil',
  print: 'Drucken oder als PDF sichern',
  printedOn: 'Stand {time}',
  termsBorrower: 'Wer bittet',
  termsLoan: 'Das ganze Darlehen',
  termsAskedFor: 'Ursprünglich erbeten',
  termsRate: 'Zinsen',
  termsRateValue: '{rate} im Jahr',
  termsTerm: 'Laufzeit',
  termsMonths: { one: '{count} Monat', other: '{count} Monate' },
  termsYou: 'Eingeladene Adresse',
  termsInvited: 'Eingeladen am',
  termsAnswerBy: 'Antwort bis',
  termsId: 'Nummer des Darlehens',

  historyTitle: 'Verlauf',
  historyAccepted: 'Bisher angenommen: {accepted} von {amount}.',
  eventCreated: '{borrower} hat um {amount} gebeten',
  eventInvited: 'Sie wurden eingeladen, {amount} zu verleihen',
  eventChanged: 'Ihr Betrag wurde auf {amount} geändert',
  eventAccepted: 'Sie haben die Einladung über {amount} angenommen',
  eventDeclined: 'Sie haben abgelehnt',
  eventWithdrawn: 'Sie haben Ihre Annahme über {amount} zurückgezogen',
  eventDeclinedByLink: 'Über den Link der E-Mail abgelehnt',
  eventRevoked: 'Ihre Einladung wurde zurückgezogen',
  eventExpired: 'Ihre Einladung ist abgelaufen',
  eventFunded: 'Das Darlehen ist finanziert: {amount}',
  eventClosed: '{borrower} hat das Darlehen auf {amount} festgelegt',
  eventCancelled: '{borrower} hat das Darlehen abgesagt',
  live: 'Diese Seite bleibt von selbst aktuell.',
  lost: 'Stand {time}, Verbindung wird wiederhergestellt …',
  ended: 'Stand {time}. Diese Seite wird nicht mehr aktualisiert, weil Ihre Einladung beendet ist.',
  announceChanged: 'Die Einladung hat sich geändert.',

  loadFailedTitle: 'Die Einladung lässt sich nicht anzeigen',
  notInvitedTitle: 'Keine Einladung für diese Adresse',
  notInvitedText:
    'Sie sind als {address} angemeldet, und für diese Adresse gibt es hier keine Einladung. Eine Einladung gehört zu der Adresse, an die ihre E-Mail gesendet wurde.',
  switchAccount: 'Abmelden und mit einer anderen Adresse anmelden',
  allInvitations: 'Alle meine Einladungen und Darlehen',
  ownLoanTitle: 'Das ist Ihr eigenes Darlehen',
  ownLoanText: 'Sie haben andere darum gebeten, also können Sie selbst nicht mitmachen.',
  ownLoanOpen: 'Darlehen öffnen',

  linkTitle: 'Sie sind eingeladen, Geld zu verleihen',
  linkText:
    'Jemand, den Sie vielleicht kennen, bittet Sie, bei einem Darlehen mitzumachen. In der E-Mail, die Sie hierher geführt hat, steht, wer es ist, um wie viel es geht und bis wann Sie antworten können.',
  linkEndedTitle: 'Diese Einladung ist beendet',
  linkEndedText:
    'Sie wurde zurückgezogen oder ist abgelaufen, oder das Darlehen ist vollständig oder abgesagt. Sie brauchen nichts zu tun. Wenn Sie mitmachen möchten, bitten Sie die Person um eine neue Einladung.',
  linkReplacedTitle: 'Es gibt eine neuere Einladung',
  linkReplacedText:
    'Sie wurden nach dieser E-Mail noch einmal eingeladen. Öffnen Sie den Link der neuesten E-Mail, oder melden Sie sich an.',
  linkAccountTitle: 'Diese Einladung wurde beantwortet',
  linkAccountText: 'Nur die Person, die geantwortet hat, kann sie sehen oder die Antwort ändern. Sind Sie das, melden Sie sich an.',
  linkDeclinedBefore:
    'Die Einladung wurde aus der E-Mail heraus abgelehnt, ohne Anmeldung. Waren Sie das nicht, oder war es ein Versehen, melden Sie sich an und nehmen Sie bis zum Datum in der E-Mail an, solange das Darlehen offen und der Betrag frei ist.',
  linkSignIn: 'Anmelden und die Einladung ansehen',
  linkSignInHint:
    'Mit der Adresse, an die die E-Mail gesendet wurde: Ein Code per E-Mail genügt. Vereinbart ist nichts, bevor Sie annehmen.',
  linkSignInHintOther: 'Mit der Adresse, an die die E-Mail gesendet wurde. Vereinbart ist nichts, bevor Sie annehmen.',
  linkWithoutTitle: 'Ohne Anmeldung',
  linkWithoutTitleOther: 'Für die Adresse der E-Mail',
  linkWithoutTextOther:
    'Der geöffnete Link ist aus einer E-Mail an eine andere Adresse. Was Sie hier tun, gilt für diese Adresse und nicht für {address}.',
  linkWithoutText: 'Sie können auch hier ablehnen. Mehr erfährt niemand über Sie.',
  linkIncomplete:
    'Die Adresse dieser Seite ist unvollständig, deshalb können Sie hier nicht ablehnen. Öffnen Sie den ganzen Link aus der E-Mail: Er endet mit einer langen Reihe von Buchstaben und Ziffern.',
  linkDecline: 'Ablehnen',
  linkDeclineTitle: 'Ohne Anmeldung ablehnen?',
  linkDeclineText:
    'Die Person, die Sie einlädt, erfährt, dass Sie abgelehnt haben. War es ein Versehen, können Sie das rückgängig machen: Melden Sie sich an und nehmen Sie bis zum Datum in der E-Mail an, solange das Darlehen offen und der Betrag frei ist.',
  linkDeclineSure: 'Ja, ich habe diese E-Mail bekommen und möchte ablehnen',
  linkDeclinedTitle: 'Sie haben abgelehnt',
  linkDeclined:
    'Abgelehnt. Sie können das rückgängig machen: Melden Sie sich an und nehmen Sie bis zum Datum in der E-Mail an, solange das Darlehen offen und der Betrag frei ist.',
  linkOptOut: 'Alle E-Mails an mich abbestellen',
  linkOptOutTitle: 'Alle E-Mails an Sie abbestellen?',
  linkOptOutText:
    'Wir senden keine Einladung, Erinnerung oder Nachricht mehr an die Adresse, die diese E-Mail bekommen hat, egal wer darum bittet. Andere können die Adresse weiter einladen: Sie sehen das dann nur, wenn Sie sich anmelden. Sie können das rückgängig machen: Melden Sie sich mit der Adresse an.',
  linkOptOutSure: 'Ja, ich habe diese E-Mail bekommen und möchte keine mehr',
  linkOptedOut:
    'Erledigt. Wir senden keine E-Mails mehr an diese Adresse, außer Codes zur Anmeldung. Sie können das rückgängig machen: Melden Sie sich mit der Adresse an.',
  linkOptedOutHere: 'Erledigt. Wir senden keine E-Mails mehr an diese Adresse, außer Codes zur Anmeldung.',
  linkSure:
    'Setzen Sie zuerst das Häkchen. Auch Programme, die E-Mails prüfen, drücken auf Schaltflächen, aber sie sollen nicht für Sie entscheiden.',
  linkUndo: 'Anmelden und rückgängig machen',

  optOutTitle: 'E-Mails von Private Lending',
  optOutText:
    'Wenn Sie keine E-Mails von uns möchten, sagen Sie es hier. Es gilt für die Adresse, die die E-Mail mit diesem Link bekommen hat.',
  optOutBySignedIn:
    'Um alle E-Mails an {address} abzubestellen, nehmen Sie den Link am Ende einer unserer E-Mails an diese Adresse.',
  optOutIncomplete:
    'Die Adresse dieser Seite ist unvollständig. Öffnen Sie den ganzen Link aus der E-Mail: Er endet mit einer langen Reihe von Buchstaben und Ziffern. Oder melden Sie sich an.',
  optOutSignIn: 'Anmelden, um wieder E-Mails zu bekommen',
  resumeTitle: 'Wieder E-Mails bekommen',
  resumeText:
    'Wenn Sie alle E-Mails an {address} abbestellt haben, können Sie wieder welche bekommen: Einladungen, Erinnerungen und Nachrichten zu Ihren Darlehen.',
  resumeTextStopped:
    'Die E-Mails sind abbestellt. Galt das für {address}, können Sie wieder welche bekommen: Einladungen, Erinnerungen und Nachrichten zu Ihren Darlehen.',
  resume: 'Wieder E-Mails senden',
  resumed: 'Erledigt. Wir senden wieder E-Mails an {address}.',
} as const satisfies TranslationOf<typeof english>;
