import type { TranslationOf } from '../../messages.ts';
import type { messages as english } from '../en/repayment.ts';

export const messages = {
  title: 'Was Sie zurückbekommen',
  sentence: 'Sie bekommen {months} Monate lang {payment} im Monat zurück: insgesamt {total}, davon {interest} Zinsen.',
  sentenceNoInterest: 'Sie bekommen {months} Monate lang {payment} im Monat zurück: insgesamt {total}, ohne Zinsen.',
  sentenceOneMonth: 'Sie bekommen nach einem Monat {total} zurück, davon {interest} Zinsen.',
  sentenceOneMonthNoInterest: 'Sie bekommen nach einem Monat {total} zurück, ohne Zinsen.',
  // In a list
  short: '{payment} im Monat zurück, insgesamt {total}',
  shortOneMonth: '{total} nach einem Monat zurück',
  // Figures
  youLend: 'Sie verleihen',
  eachMonth: 'Monatsrate',
  inAll: 'Zurück insgesamt',
  interest: 'Davon Zinsen',
  lastPayment: 'Die letzte Zahlung ist {payment}, wegen der Rundung.',
  chartLabel: 'Diagramm: In {months} Monaten kommen nach und nach {total} zurück.',
  chartCaption: 'Was bis zu jedem Monat insgesamt zurückkommt',
  chartCaptionYears: 'Was bis zu jedem Jahr insgesamt zurückkommt',
  chartPrincipal: 'Was Sie verleihen: {amount}',
  chartInterest: 'Zinsen: {interest}',
  chartStart: 'Monat 1',
  chartEnd: 'Monat {month}',
  table: 'Dasselbe als Tabelle, in {currency}',
  tableMonth: 'Monat',
  tablePayment: 'Kommt zurück',
  tableInterest: 'Davon Zinsen',
  tableBalance: 'Noch verliehen',
  assumption:
    'Berechnet mit gleichen Zahlungen, die erste einen Monat nachdem Sie das Geld geben. Die Tage vereinbaren Sie mit der Person, der Sie es leihen.',
  'plan.title': 'Was Sie zurückzahlen',
  'plan.soFar': 'An alle, die bisher angenommen haben.',
  'plan.table': 'Wer wie viel bekommt, in {currency}',
  'plan.lender': 'Darlehensgeber/in',
  'plan.eachMonth': 'Jeden Monat',
  'plan.last': 'Im letzten Monat',
  'plan.inAll': 'Insgesamt',
  'plan.about': 'etwa {amount}',
  'plan.estimate': 'Eine Schätzung: Die Zahlungen an jede Person werden gerundet, und Sie zahlen deren Summe.',
  'plan.tooMany':
    'Bei mehr als {max} Personen rechnet diese Seite die Zahlungen an jede einzelne nicht zusammen. Jede Person sieht ihre eigenen.',
} as const satisfies TranslationOf<typeof english>;
