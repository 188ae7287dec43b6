/** The lender’s side: what they lend and get back. */
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
  chartLabel: 'Chart: what has come back grows to {total} in {months} months.',
  chartCaption: 'All that has come back by each month',
  chartCaptionYears: 'All that has come back by each year',
  chartPrincipal: 'What you lent: {amount}',
  chartInterest: 'Interest: {interest}',
  chartStart: 'Month 1',
  chartEnd: 'Month {month}',
  // Table
  table: 'The same as a table, in {currency}',
  tableMonth: 'Month',
  tablePayment: 'Comes back',
  tableInterest: 'Interest in it',
  tableBalance: 'Still lent',
  assumption: 'Reckoned with equal payments, the first a month after you lend. You and the borrower agree on the days.',
} as const;
