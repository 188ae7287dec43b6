/** What a lender gets back, and what a borrower pays to whom. */
export const messages = {
  title: 'What comes back to you',
  // In one sentence
  sentence: 'You get back {payment} a month for {months} months: {total} in all, of which {interest} is interest.',
  sentenceNoInterest: 'You get back {payment} a month for {months} months: {total} in all, without interest.',
  sentenceOneMonth: 'You get back {total} after one month, of which {interest} is interest.',
  sentenceOneMonthNoInterest: 'You get back {total} after one month, without interest.',
  // In a list
  short: '{payment} back a month, {total} in all',
  shortOneMonth: '{total} back after one month',
  // Figures
  youLend: 'You lend',
  eachMonth: 'Back each month',
  inAll: 'Back in all',
  interest: 'Interest in it',
  lastPayment: 'The last payment is {payment}, because of rounding.',
  // Chart
  chartLabel: {
    one: 'Chart: {total} comes back after one month.',
    other: 'Chart: {total} comes back bit by bit over {count} months.',
  },
  chartCaption: 'What comes back by each month, in all',
  chartCaptionYears: 'What comes back by each year, in all',
  chartPrincipal: 'What you lend: {amount}',
  chartInterest: 'Interest: {interest}',
  chartMonth: 'Month {count}',
  chartYear: 'Year {count}',
  // Table
  table: 'The same as a table, in {currency}',
  tableMonth: 'Month',
  tablePayment: 'Comes back',
  tableInterest: 'Interest in it',
  tableBalance: 'Still lent',
  assumption: 'Calculated with equal payments, the first one a month after you lend. You and the borrower agree on the days.',
  // What the borrower pays to those who accepted
  'plan.title': 'What you pay back',
  'plan.soFar': 'To those who have accepted so far.',
  'plan.table': 'Who gets how much, in {currency}',
  'plan.lender': 'Lender',
  'plan.eachMonth': 'Each month',
  'plan.last': 'In the last month',
  'plan.inAll': 'In all',
  'plan.about': 'about {amount}',
  'plan.estimate': 'An estimate: the payments to each lender are rounded, and what you pay is their sum.',
  'plan.tooMany':
    'With more than {max} lenders, this page does not add up the payments to each of them. Each lender sees their own.',
} as const;
