import type { TranslationOf } from '../../messages.ts';
import type { messages as english } from '../en/import.ts';

export const messages = {
  title: 'Aus einer Datei einladen',
  intro:
    'Eine CSV-Datei mit einer Titelzeile und einer Zeile je Person: E-Mail, Betrag und, wenn Sie möchten, ein Name. Bis zu 10.000 Personen.',
  backToLoan: 'Zurück zum Darlehen',
  notOpen: 'Dieses Darlehen ist nicht mehr offen. Es kann niemand mehr eingeladen werden.',
  gone: 'Diese Prüfung oder dieser Import ist nicht mehr gespeichert. Wählen Sie die Datei noch einmal.',

  'lastRun.text': 'Sie haben für dieses Darlehen schon einen Import gestartet.',
  'lastRun.link': 'Sehen, wie weit er ist',

  'choose.label': 'Datei wählen',
  'choose.drop': 'oder hierher ziehen',
  'choose.hint':
    'CSV, wie Excel, Google Tabellen, Numbers und andere es speichern. Niemand wird eingeladen, bevor Sie das Ergebnis jeder Zeile gesehen haben.',
  'choose.example': 'Beispieldatei herunterladen',
  'choose.exampleName': 'beispiel',
  'problem.empty': 'Die Datei ist leer.',
  'problem.tooLarge': 'Die Datei ist größer als 4 MB. Teilen Sie sie auf mehrere Dateien auf.',
  'problem.tooManyRows': 'Die Datei hat mehr als 10.000 Zeilen. Teilen Sie sie auf mehrere Dateien auf.',
  'problem.workbook': 'Das ist eine Arbeitsmappe. Speichern Sie sie zuerst als CSV: in Excel mit „Speichern unter“, „CSV UTF-8“.',
  'problem.notText':
    'Diese Datei kann nicht als Text gelesen werden. Speichern Sie die Tabelle als CSV und wählen Sie diese Datei.',

  'columns.title': 'Spalten von {file}',
  'columns.encoding': 'Die Datei hat eine ältere Kodierung. Prüfen Sie, ob Umlaute und Akzente richtig aussehen.',
  'columns.email': 'E-Mail',
  'columns.amount': 'Betrag',
  'columns.name': 'Name',
  'columns.ignored': 'Wird nicht gelesen',
  'columns.missing':
    'In der ersten Zeile fehlt der Titel einer Spalte für die Adresse oder den Betrag. Ergänzen Sie die Titel, etwa „E-Mail“ und „Betrag“.',

  'check.text': 'Als Nächstes werden alle Zeilen geprüft. Noch wird niemand eingeladen.',
  'check.button': 'Alle Zeilen prüfen',
  'check.uploading': 'Die Datei wird gesendet …',

  'progress.check': '{done} von {count} Zeilen sind geprüft.',
  'progress.run': '{done} von {count} Zeilen sind erledigt.',
  'progress.waiting': 'Die Höchstzahl an Einladungen für diese Stunde ist erreicht. Es geht von selbst weiter: {time}.',
  'progress.retrying': 'Bei uns ist etwas schiefgegangen. Der nächste Versuch: {time}.',
  'progress.leave':
    'Sie können diese Seite schließen. Die Einladungen gehen weiter, und die Adresse dieser Seite führt hierher zurück.',

  'checked.invited': {
    '=0': 'Niemand kann eingeladen werden.',
    one: 'Eine Person kann eingeladen werden.',
    other: '{count} Personen können eingeladen werden.',
  },
  'checked.amount': 'Es geht insgesamt um {amount}.',
  'checked.leftOut': { one: 'Eine Zeile würde ausgelassen:', other: '{count} Zeilen würden ausgelassen:' },
  'leftOut.invalid': { one: 'Eine ist zu korrigieren.', other: '{count} sind zu korrigieren.' },
  'leftOut.already_invited': { one: 'Eine Person ist schon eingeladen.', other: '{count} Personen sind schon eingeladen.' },
  'leftOut.over_funding': {
    one: 'Eine geht über das hinaus, was vom Darlehen frei ist: {remaining}.',
    other: '{count} gehen über das hinaus, was vom Darlehen frei ist: {remaining}.',
  },
  'leftOut.not_added': { one: 'Eine kam nicht mehr an die Reihe.', other: '{count} kamen nicht mehr an die Reihe.' },
  'checked.nobodyYet': 'Das war eine Prüfung: Noch ist niemand eingeladen.',
  'checked.again': 'Eine andere Datei wählen',
  'checked.fileGone': 'Diese Seite hat die Datei dieser Prüfung nicht mehr. Wählen Sie sie noch einmal, um fortzufahren.',

  'run.invite': { one: 'Eine Person einladen', other: '{count} Personen einladen' },
  'run.leftOut': { one: 'eine Zeile wird ausgelassen', other: '{count} Zeilen werden ausgelassen' },
  'run.together': 'Alle werden zusammen eingeladen. Geht es bei einer Person nicht mehr, wird niemand eingeladen.',
  'run.perRow': 'Eine Zeile, bei der es nicht geht, wird ausgelassen und hält die anderen nicht auf.',
  'run.limit': 'Die Zahl der Einladungen je Stunde ist begrenzt. Was darüber liegt, folgt in den nächsten Stunden von selbst.',

  'done.invited': {
    '=0': 'Niemand wurde eingeladen',
    one: 'Eine Person ist eingeladen',
    other: '{count} Personen sind eingeladen',
  },
  'done.amount': 'Sie haben insgesamt um {amount} gebeten. Ihre Bitten gehen per E-Mail hinaus.',
  'done.heldBack': 'Wer heute schon eine E-Mail zu diesem Darlehen bekommen hat, bekommt die neue morgen: höchstens eine am Tag.',
  'done.leftOut': { one: 'Eine Zeile wurde ausgelassen:', other: '{count} Zeilen wurden ausgelassen:' },
  'done.another': 'Eine weitere Datei importieren',
  'failure.LOAN_NOT_OPEN':
    'Das Darlehen wurde inzwischen abgeschlossen, finanziert oder abgesagt. Die übrigen Zeilen wurden nicht eingeladen.',
  'failure.ROWS_NOT_ADDABLE': 'Eine Zeile konnte nicht mehr eingeladen werden, also niemand. Sehen Sie unten die Zeilen.',
  'failure.INTERNAL_ERROR':
    'Bei uns ist mehrmals etwas schiefgegangen. Die übrigen Zeilen wurden nicht eingeladen. Wer diesen Server betreibt, kann den Import fortsetzen.',

  'rows.title': 'Zeile für Zeile',
  'rows.show': 'Anzeigen',
  'rows.all': { one: 'Die eine Zeile', other: 'Alle {count} Zeilen, Probleme zuerst' },
  'rows.option': '{outcome}: {count}',
  'rows.line': 'Zeile',
  'rows.email': 'E-Mail',
  'rows.amount': 'Betrag',
  'rows.name': 'Name',
  'rows.outcome': 'Ergebnis',
  'rows.more': 'Mehr Zeilen anzeigen',
  'rows.download': 'Als CSV herunterladen',
  'rows.correct': { one: 'Die eine Zeile hier korrigieren', other: 'Die {count} Zeilen hier korrigieren' },
  'rows.fileName': 'ergebnis',

  'outcome.pending': 'Noch nicht erledigt',
  'outcome.added': 'Eingeladen',
  'outcome.would_be_added': 'Kann eingeladen werden',
  'outcome.already_invited': 'Schon eingeladen',
  'outcome.over_funding': 'Mehr, als frei ist',
  'outcome.invalid': 'Zu korrigieren',
  'outcome.not_added': 'Nicht eingeladen',
} as const satisfies TranslationOf<typeof english>;
