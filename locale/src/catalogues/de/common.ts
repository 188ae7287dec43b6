import type { TranslationOf } from '../../messages.ts';
import type { messages as english } from '../en/common.ts';

export const messages = {
  skipToContent: 'Zum Inhalt springen',
  noMoneyMoves: 'Über Private Lending fließt kein Geld. Wir fragen nie nach einer Zahlung, einem Passwort oder einer Karte.',
  developmentServer: 'Dies ist ein Entwicklungsserver: Hier kann sich jeder mit jeder Adresse anmelden.',
  language: 'Sprache',
  signOut: 'Abmelden',
  retry: 'Erneut versuchen',
  copied: 'Kopiert',
  'status.open': 'Offen',
  'status.funded': 'Finanziert',
  'status.cancelled': 'Abgesagt',
  'status.pending': 'Wartet',
  'status.accepted': 'Angenommen',
  'status.declined': 'Abgelehnt',
  'status.revoked': 'Zurückgezogen',
  'status.expired': 'Abgelaufen',
  'funding.label': 'Wie viel vom Darlehen zugesagt ist',
  'funding.valueText': '{accepted} von {amount} zugesagt, {waiting} warten',
  'funding.accepted': '{accepted} zugesagt',
  'funding.waiting': '{waiting} warten',
  'funding.free': '{free} frei',
  'problem.unexpected': 'Hier ist etwas schiefgegangen. Laden Sie die Seite neu und versuchen Sie es noch einmal.',
  'problem.retryIn': {
    one: 'In einer Sekunde können Sie es erneut versuchen.',
    other: 'In {count} Sekunden können Sie es erneut versuchen.',
  },
  'problem.copyRequestId': 'Anfragenummer für den Support kopieren',
  'notFound.title': 'Diese Seite gibt es nicht',
  'notFound.text': 'Unter {path} ist nichts. Vielleicht ist die Adresse unvollständig.',
} as const satisfies TranslationOf<typeof english>;
