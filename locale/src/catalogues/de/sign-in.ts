import type { TranslationOf } from '../../messages.ts';
import type { messages as english } from '../en/sign-in.ts';

export const messages = {
  title: 'Anmelden',
  lead: 'Geld leihen von Menschen, die Sie kennen, zu Bedingungen, die alle verstehen.',
  pointTerms: 'Alle sehen vor ihrer Antwort, was jeden Monat und insgesamt zurückgezahlt wird.',
  pointPrivate: 'Nur wer eingeladen ist, sieht das Darlehen.',
  pointFree: 'Ohne Passwort und ohne Gebühren. Eine Annahme lässt sich zurückziehen, solange das Darlehen offen ist.',
  toContinue: 'Danach geht es gleich dort weiter, wo Sie hinwollten.',
  signedOut: 'Sie sind abgemeldet.',
  signedOutElsewhere:
    'Sie wurden anderswo abgemeldet, oder Ihre Sitzung ist abgelaufen. Melden Sie sich an, um fortzufahren; was Sie eingegeben haben, ist noch da.',
  intro: 'Geben Sie Ihre E-Mail-Adresse ein, und wir senden Ihnen einen Code. Sie brauchen kein Passwort und kein Konto.',
  email: 'E-Mail-Adresse',
  emailInvalid: 'Geben Sie eine vollständige Adresse ein, zum Beispiel ana@example.com.',
  name: 'Ihr Name, wenn Sie möchten',
  nameHint: 'Andere sehen ihn neben Ihrer Adresse. Lassen Sie das Feld leer, wenn er bleiben soll, wie er ist.',
  sendCode: 'Code senden',
  codeTitle: 'Geben Sie den Code aus der E-Mail ein',
  codeSent: 'Wir haben einen Code mit 8 Ziffern an {address} gesendet. Er gilt bis {time}.',
  codeNotThere: 'Das kann eine Minute dauern. Wenn nichts kommt, sehen Sie im Spam-Ordner nach.',
  codeLimit:
    'Im Augenblick kann kein weiterer Code gesendet werden, weil schon viele gesendet wurden. Ab {time} geht es wieder. Bis dahin verwenden Sie den Code der neuesten E-Mail, falls Sie eine haben.',
  code: 'Code mit 8 Ziffern',
  codeIncomplete: 'Der Code hat 8 Ziffern.',
  codeWrong: {
    '=0': 'Auch dieser Code stimmt nicht, und es war der letzte Versuch. Lassen Sie sich einen neuen senden.',
    one: 'Das ist nicht der Code aus der neuesten E-Mail. Sie haben noch einen Versuch.',
    other: 'Das ist nicht der Code aus der neuesten E-Mail. Sie haben noch {count} Versuche.',
  },
  codeExpired: 'Der Code von {time} ist abgelaufen. Lassen Sie sich einen neuen senden.',
  codeEnded: 'Dieser Code gilt nicht mehr. Lassen Sie sich einen neuen senden.',
  signIn: 'Anmelden',
  newCode: 'Neuen Code senden',
  newCodeIn: {
    one: 'Einen neuen Code gibt es in {count} Sekunde.',
    other: 'Einen neuen Code gibt es in {count} Sekunden.',
  },
  newCodeSent: 'Ein neuer Code ist unterwegs an {address}. Der vorige gilt nicht mehr.',
  otherAddress: 'Andere Adresse verwenden',
  linkTitle: 'Als {address} anmelden?',
  linkText: 'Der Code aus Ihrer E-Mail ist eingetragen. Wählen Sie „Anmelden“, um sich damit anzumelden.',
  otherLink:
    'Der geöffnete Link ist aus einer älteren E-Mail oder wurde in einem anderen Browser angefordert. Sein Code gilt hier nicht: Geben Sie den Code aus der neuesten E-Mail ein.',
  elsewhereTitle: 'Dieser Link gehört zu einem anderen Browser',
  elsewhereText:
    'Ein Code gilt nur dort, wo er angefordert wurde, damit niemand sonst Ihre E-Mail verwenden kann. Gehen Sie zurück zur Seite „Geben Sie den Code aus der E-Mail ein“, und tippen Sie ihn dort ein:',
  elsewhereLost: 'Gibt es diese Seite nicht mehr, oder ist das mehr als 10 Minuten her?',
  signInHere: 'Hier mit einem neuen Code anmelden',
  issuerText: 'Sie melden sich bei {issuer} an und kommen dann hierher zurück.',
  issuerContinue: 'Weiter zur Anmeldung',
  errorDenied: 'Sie haben die Anmeldung nicht abgeschlossen. Es ist nichts passiert.',
  errorExpired: 'Das hat zu lange gedauert, oder es wurde in einem anderen Fenster begonnen. Versuchen Sie es noch einmal.',
  errorUnverified:
    'Die Anmeldung hat Ihre E-Mail-Adresse nicht bestätigt. Bestätigen Sie sie zuerst dort, und versuchen Sie es dann noch einmal.',
  errorUnavailable: 'Die Anmeldung ist gerade nicht erreichbar. Versuchen Sie es später noch einmal.',
  errorFailed:
    'Die Anmeldung hat nicht funktioniert. Versuchen Sie es noch einmal. Wenn es wieder passiert, melden Sie es bei denen, die diese Seite betreiben: {error}.',
  localWarning:
    'Dieser Server ist für die Entwicklung: Hier kann man sich ohne Nachweis mit jeder Adresse anmelden. Geben Sie keine echten Namen, Adressen oder Beträge ein.',
  localChoices: 'Mit einem Klick anmelden als',
  alreadyTitle: 'Sie sind angemeldet',
  alreadyText: 'Sie sind als {address} angemeldet.',
  continue: 'Weiter',
  switchAccount: 'Mit einer anderen Adresse anmelden',
} as const satisfies TranslationOf<typeof english>;
