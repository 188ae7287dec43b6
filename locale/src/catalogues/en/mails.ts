/** A subject has amounts and fixed text only: it is often shown without the sender's address. */
export const messages = {
  // By the name that a borrower typed, or their own.
  greeting: 'Hello {name},',
  greetingWithoutName: 'Hello,',

  // To a lender who is invited.
  'subject.invitation': 'You are invited to lend {amount}',
  'heading.invitation': 'You are invited to lend {amount}',
  'opening.invitation': '{borrower} is raising a loan from people they know, and asks you to lend {amount}.',
  'subject.changed': 'Changed: you are now invited to lend {amount}',
  'heading.changed': 'The amount has changed: {amount}',
  'opening.changed':
    '{borrower} is raising a loan from people they know, and has changed the amount of your invitation: they now ask you to lend {amount}. You have not answered yet.',
  'subject.reminder': 'Reminder: you are invited to lend {amount}',
  'heading.reminder': 'A reminder: you are invited to lend {amount}',
  'opening.reminder':
    '{borrower} is raising a loan from people they know, and asks you to lend {amount}. You have not answered yet.',
  whoAsks: 'Who asks',
  amountAsked: 'Amount asked of you',
  answerBy: 'Please answer by',
  time: '{date}, {time} UTC',
  seeInvitation: 'See the invitation',
  toAccept:
    'To accept: open the link and sign in with the address that this was sent to, {address}. Nothing is agreed before you accept.',
  toDecline:
    'To decline: open the link and choose “Decline”. You need no account for that. If you do nothing, the invitation ends by itself.',
  invitationReason: 'You get this because {borrower} entered your address. If you don’t know them, decline.',

  // To the borrower.
  acceptedSubject: 'Accepted: a lender agreed to lend {amount}',
  acceptedHeading: 'A lender accepted: {amount}',
  acceptedOpening: '{lender} accepted your invitation to lend {amount}.',
  mayWithdraw: 'A lender may still withdraw as long as the loan is open.',
  'subject.declined': 'Declined: a lender will not lend {amount}',
  'heading.declined': 'A lender declined: {amount}',
  'opening.declined': '{lender} declined your invitation to lend {amount}.',
  'subject.withdrawn': 'Withdrawn: a lender will not lend {amount} after all',
  'heading.withdrawn': 'A lender has withdrawn: {amount}',
  'opening.withdrawn': '{lender} had accepted your invitation to lend {amount}, and has withdrawn.',
  amountIsFree: 'The amount is free again: you can invite somebody else for it.',
  'title.complete': 'Your loan is funded: {total}',
  'opening.complete': {
    one: 'Your loan is complete. One lender agreed to lend you {total}.',
    other: 'Your loan is complete. {count} lenders agreed to lend you {total} in all.',
  },
  // A loan that its borrower closed below its amount.
  'title.closed': 'Your loan is closed at {total}',
  'opening.closed': {
    one: 'Your loan is closed at {accepted} of the {amount} asked for. One lender agreed to lend you that.',
    other: 'Your loan is closed at {accepted} of the {amount} asked for. {count} lenders agreed to lend you that.',
  },
  agreeWithLenders:
    'Now agree with your lenders on how and when they pay. The page of the loan has their names and addresses, and what you pay back.',
  borrowerReason: 'You get this because you asked people for this loan with your address.',

  // To a lender who accepted.
  'toLender.subject.complete': 'The loan is funded: you lend {amount}',
  'toLender.heading.complete': 'The loan is funded: {total}',
  'toLender.opening.complete': 'The loan of {borrower} is complete. You agreed to lend {amount}.',
  'toLender.subject.closed': 'The loan is closed: you lend {amount}',
  'toLender.heading.closed': 'The loan is closed at {total}',
  'toLender.opening.closed':
    'The loan of {borrower} is closed at {accepted} of the {asked} asked for. You agreed to lend {amount}.',
  agreeWithBorrower:
    'Now agree with {borrower} on how and when you pay. What comes back to you is calculated in monthly payments, the first one a month after that.',
  lenderReason: 'You get this because you accepted an invitation to this loan.',

  // To a user who signs in. The beginning is shown on locked phones, so it is long enough that the code is not.
  codeSubject: 'Your code to sign in to Private Lending',
  codeHeading: 'Your code to sign in',
  codeOpening:
    'Enter the code below where you asked for it, on the sign-in page of Private Lending or in the program that you use. It works for {minutes} minutes, once, and only in the browser or program in which you asked for it.',
  code: 'The code',
  fillCodeIn: 'Fill the code in for me',
  fillCodeInNote:
    'Open it in the browser in which you asked for the code. It only fills the code in; you then choose “Sign in” yourself.',
  codeNotRequested:
    'If you did not ask for this, ignore it: without the code nobody can sign in. Never give it to anybody. We never ask for it by phone or e-mail.',
  codeReason:
    'You get this because somebody entered your address to sign in. It is sent even if you wanted no more e-mail from here: without it you could not sign in.',

  // Facts about a loan.
  borrower: 'Borrower',
  lender: 'Lender',
  lenders: 'Lenders',
  amount: 'Amount',
  yourPart: 'Your part',
  wholeLoan: 'The whole loan',
  accepted: 'Amount accepted',
  acceptedSoFar: 'Accepted',
  ofAmount: '{accepted} of {amount}',
  ofAmountAskedFor: '{accepted} of the {amount} asked for',
  comesBack: 'You get back',
  payments: '{payment} a month, {total} in all',
  paymentsLast: '{payment} a month ({last} in the last one), {total} in all',
  onePayment: '{total} after one month',
  waiting: 'Waiting for an answer',
  free: 'Free',
  interest: 'Interest',
  percentAYear: '{percent} a year',
  term: 'Term',
  months: { one: '{count} month', other: '{count} months' },
  status: 'The loan is',
  'status.open': 'open',
  'status.funded': 'funded',
  'status.cancelled': 'cancelled',
  openLoan: 'Open the loan',
  seePart: 'See your part',
  stopMail: 'Stop all e-mail to me',
  noMoney: 'No money moves through Private Lending. We never ask for a payment, a password or a card.',
} as const;
