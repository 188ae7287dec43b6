import type { TranslationOf } from '../../messages.ts';
import type { messages as english } from '../en/inviting.ts';

export const messages = {
  title: 'Personen einladen',
  free: '{remaining} von {amount} sind noch frei.',
  intro: 'Geben Sie ein, wen Sie um wie viel bitten. Sie können auch eine Liste aus einer Tabelle oder E-Mail einfügen.',
  importFile: 'Stattdessen eine Datei importieren',
  backToLoan: 'Zurück zum Darlehen',
  notOpen: 'Dieses Darlehen ist nicht mehr offen. Es kann niemand mehr eingeladen werden.',

  'table.caption': 'Personen, die Sie einladen',
  'table.number': 'Nr.',
  'table.email': 'E-Mail',
  'table.name': 'Name (freiwillig)',
  'table.amount': 'Betrag in {currency}',
  'table.actions': 'Aktionen',
  'table.ofRow': 'Zeile {row}',
  'table.add': 'Zeile hinzufügen',
  'table.remove': 'Zeile {row} entfernen',
  'table.keys': 'Mit der Eingabetaste und den Pfeiltasten gelangen Sie von Feld zu Feld.',
  'table.notSent': 'Wird nicht gesendet: {text}',
  'table.leftovers': '„{text}“',
  'table.removeLeftovers': 'Weglassen',

  'problem.emailMissing': 'Geben Sie eine E-Mail-Adresse ein.',
  'problem.emailForm': 'Das ist keine E-Mail-Adresse. So sieht eine aus: anna@example.com.',
  'problem.duplicate': 'Diese Adresse steht schon in Zeile {row}.',
  'problem.duplicateInRequest': 'Diese Adresse steht zweimal in der Liste.',
  'problem.ownAddress': 'Das ist Ihre eigene Adresse. Sie können sich nicht selbst etwas leihen.',
  'problem.alreadyPending': 'Ist zu diesem Darlehen schon eingeladen und hat noch nicht geantwortet.',
  'problem.alreadyAccepted': 'Hat die Einladung zu diesem Darlehen schon angenommen.',
  'problem.alreadyInvited': 'Ist zu diesem Darlehen schon eingeladen.',
  'problem.overFunding': 'Das ist mehr, als frei ist. Senken Sie die Beträge oder laden Sie weniger Personen ein.',
  'problem.nameTooLong': 'Ein Name hat höchstens 80 Zeichen.',
  'problem.nameForm': 'Der Name enthält Zeichen, die nicht angezeigt werden können.',
  'problem.leftovers': 'Dafür gibt es keine Spalte. Vielleicht gehört es zum Betrag:',
  'problem.amountMissing': 'Geben Sie einen Betrag ein.',

  'pasted.rows': { one: 'Eine Zeile eingefügt.', other: '{count} Zeilen eingefügt.' },
  'pasted.toFix': { '=0': 'Nichts zu korrigieren.', one: 'Eine ist zu korrigieren.', other: '{count} sind zu korrigieren.' },
  'pasted.withoutAmount': { one: 'Eine hat noch keinen Betrag.', other: '{count} haben noch keinen Betrag.' },
  'pasted.firstProblem': 'Zur ersten',

  'undo.paste': 'Einfügen rückgängig machen',
  'undo.amounts': 'Beträge rückgängig machen',
  'undo.removal': 'Entfernen rückgängig machen',
  'redo.paste': 'Wieder einfügen',
  'redo.amounts': 'Beträge wieder eintragen',
  'redo.removal': 'Wieder entfernen',

  'mark.title': 'Wie ist {example} zu lesen?',
  'mark.text': 'Einige der eingefügten Beträge können zweierlei bedeuten. Ihre Antwort gilt für alle.',
  'mark.thousands': '{mark} trennt Tausender',
  'mark.decimals': '{mark} trennt Nachkommastellen',
  'mark.comma': 'Das Komma',
  'mark.point': 'Der Punkt',

  'tooMany.title': 'Sie haben {count} Zeilen eingefügt',
  'tooMany.text':
    'Die Tabelle fasst bis zu {max} Zeilen. Eine längere Liste wird als Datei geprüft und gesendet: Sie sehen das Ergebnis jeder Zeile, bevor jemand eingeladen wird.',
  'tooMany.import': 'Als Datei prüfen',
  'tooMany.discard': 'Nicht einfügen',

  'amounts.title': 'Ein Betrag für alle',
  'amounts.same': 'Der gleiche Betrag für jede Person',
  'amounts.fillIn': 'Eintragen',
  'amounts.shareRest': {
    one: 'Die restlichen {amount} in die eine Zeile ohne Betrag eintragen',
    other: 'Die restlichen {amount} auf die {count} Zeilen ohne Betrag verteilen',
  },
  'amounts.shareAll': {
    one: 'Diese Person um die ganzen {amount} bitten',
    other: '{amount} gleichmäßig auf alle {count} Zeilen verteilen',
  },

  'sum.people': { '=0': 'Noch niemand', one: 'Eine Person', other: '{count} Personen' },
  'sum.total': 'zusammen {amount}',
  'sum.free': '{amount} bleiben frei',
  'sum.exact': 'nichts bleibt frei',
  'sum.over': '{amount} mehr, als frei ist',
  'sum.overHelp': 'Vom Darlehen sind nur {remaining} frei. Senken Sie die Beträge oder laden Sie weniger Personen ein.',
  'sum.invite': { '=0': 'Einladen', one: 'Eine Person einladen', other: '{count} Personen einladen' },
  'sum.nobody': 'Geben Sie zuerst eine Adresse ein.',
  'sum.problems': {
    one: 'Eine Zeile ist noch zu korrigieren, bevor jemand eingeladen wird.',
    other: '{count} Zeilen sind noch zu korrigieren, bevor jemand eingeladen wird.',
  },

  'sending.progress': 'Einladungen: {done} von {count} Personen sind eingeladen.',
  'sending.interrupted': 'Das Einladen wurde unterbrochen. Noch nicht bestätigt: {count}.',
  'sending.safe': 'Sie können fortfahren: Niemand wird zweimal eingeladen.',
  'sending.continue': 'Weiter',
  'sending.stop': 'Stattdessen die Liste ändern',

  'sent.title': { one: 'Eine Person ist eingeladen', other: '{count} Personen sind eingeladen' },
  'sent.text':
    'Sie haben um zusammen {amount} gebeten. Ihre Bitte geht per E-Mail hinaus und wird mit einem Fingertipp beantwortet.',
  'sent.until': 'Antworten sind bis zum {date} möglich.',
  'sent.free': 'Vom Darlehen sind noch {remaining} frei.',
  'sent.more': 'Weitere Personen einladen',
  'sent.partly': { one: 'Eine Person wurde eingeladen.', other: '{count} Personen wurden eingeladen.' },
  'sent.left': { one: 'Die eine Zeile unten nicht.', other: 'Die {count} Zeilen unten nicht.' },
} as const satisfies TranslationOf<typeof english>;
