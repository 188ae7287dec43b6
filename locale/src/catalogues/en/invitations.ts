export const messages = {
  // Who asks for what
  pageTitle: '{borrower} asks you to lend {amount}',
  pageTitleAsked: '{borrower} asked you to lend {amount}',
  pageTitleAccepted: 'You lend {amount} to {borrower}',
  verifiedAddress: 'Verified address: {address}',
  whoHint: 'Accept only if you know them.',

  // The answer
  answerTitle: 'Your answer',
  answerBy: 'Please answer by {time}. After that the invitation ends by itself.',
  accept: 'Accept',
  acceptConsequence: 'You can change your mind as long as the loan is open. No money moves here.',
  decline: 'Decline',
  declineTitle: 'Decline this invitation?',
  declineConsequence: '{borrower} gets an e-mail that you declined. You can’t accept afterwards, unless they invite you again.',
  declineConfirm: 'Decline',
  keep: 'Go back',
  withdraw: 'I changed my mind',
  withdrawTitle: 'Withdraw your acceptance?',
  withdrawConsequence:
    'Your {amount} are free again, and {borrower} gets an e-mail about it. You can’t accept once more, unless they invite you again.',
  withdrawConfirm: 'Withdraw',

  // States
  acceptedTitle: 'You have accepted',
  acceptedText: 'You lend {amount} to {borrower} at {rate} interest a year.',
  acceptedNext:
    'We write to you when the loan is complete. Then you and {address} agree on how and when you pay. As long as the loan is open, you can change your mind.',
  fundedTitle: 'The loan is complete',
  fundedText: 'You lend {amount} to {borrower} at {rate} interest a year.',
  fundedNext: 'Now agree with {address} on how and when you pay. It can’t be undone here any more.',
  declinedTitle: 'You have declined',
  declinedText:
    'You owe nothing, and nobody asks you again for this. If you want to take part after all, ask {address} for a new invitation.',
  declinedByLinkTitle: 'Declined by the link of the e-mail',
  declinedByLinkText:
    'Somebody who had the e-mail declined without signing in. If that was not you, or a mistake, you can still accept until {time}, while the amount is free.',
  declinedByLinkEnded:
    'Somebody who had the e-mail declined without signing in. If you want to take part after all, ask {address} for a new invitation.',
  acceptAfterAll: 'Accept after all',
  keepDeclined: 'Leave it declined',
  expiredTitle: 'This invitation has expired',
  expiredText: 'It ended on {time}, without an answer. If you want to take part, ask {address} for a new one.',
  revokedTitle: 'This invitation was withdrawn',
  revokedText: '{borrower} has withdrawn it. There is nothing for you to do.',
  completeTitle: 'The loan is complete without you',
  completeText: 'It was completed before you answered. There is nothing for you to do.',
  cancelledTitle: 'The loan was cancelled',
  cancelledText: '{borrower} has cancelled it. Nobody lends or owes anything because of it.',

  // The terms
  termsTitle: 'All terms',
  termsBorrower: 'Who asks',
  termsLoan: 'The whole loan',
  termsRate: 'Interest',
  termsRateValue: '{rate} a year',
  termsTerm: 'Term',
  termsMonths: { one: '{count} month', other: '{count} months' },
  termsPurpose: 'What it is for',
  termsYou: 'Invited address',
  termsInvited: 'Invited on',
  termsAnswerBy: 'Answer by',
  termsId: 'Loan number',

  // What happened since
  historyTitle: 'What has happened',
  historyAccepted: '{accepted} of {amount} are accepted so far.',
  eventCreated: '{borrower} asked for {amount}',
  eventInvited: 'You were invited to lend {amount}',
  eventChanged: 'Your amount was changed to {amount}',
  eventAccepted: 'You accepted to lend {amount}',
  eventDeclined: 'You declined',
  eventDeclinedByLink: 'Declined by the link of the e-mail',
  eventRevoked: 'Your invitation was withdrawn',
  eventExpired: 'Your invitation expired',
  eventFunded: 'The loan is complete: {amount}',
  eventClosed: '{borrower} closed the loan at {amount}',
  eventCancelled: '{borrower} cancelled the loan',
  live: 'This page keeps itself up to date.',
  lost: 'As of {time}, reconnecting …',
  ended: 'As of {time}. This page is not updated any more, as your invitation has ended.',
  announceChanged: 'The invitation has changed.',

  // Not the invited address
  notInvitedTitle: 'No invitation for this address',
  notInvitedText:
    'You are signed in as {address}, and there is no invitation for this address here. An invitation belongs to the address that its e-mail was sent to.',
  switchAccount: 'Sign in with another address',
  allInvitations: 'All my invitations and loans',
  ownLoanTitle: 'This is your own loan',
  ownLoanText: 'You asked others for it, so you can’t lend to it.',
  ownLoanOpen: 'Open the loan',

  // The link of an e-mail, without signing in
  linkTitle: 'You are invited to lend',
  linkText:
    'Somebody you may know asks you to take part in a loan. The e-mail that brought you here says who, how much, and until when you can answer.',
  linkSignIn: 'Sign in to see the invitation',
  linkSignInHint: 'With the address that the e-mail was sent to: a code by e-mail is enough. Nothing is agreed before you accept.',
  linkSignInHintOther: 'With the address that the e-mail was sent to. Nothing is agreed before you accept.',
  linkWithoutTitle: 'Without signing in',
  linkWithoutText: 'You can also refuse here. Nobody learns more about you than that.',
  linkIncomplete:
    'The address of this page is incomplete, so you can’t refuse here. Open the whole link of the e-mail: it ends with a long row of letters and digits.',
  linkDecline: 'Decline',
  linkDeclineTitle: 'Decline without signing in?',
  linkDeclineText:
    'The borrower learns that you declined. If it was a mistake, you can still accept: sign in before the invitation would have expired, while the amount is free.',
  linkDeclineSure: 'Yes, I got this e-mail and want to decline',
  linkDeclinedTitle: 'You have declined',
  linkDeclined:
    'Declined. You can undo it: sign in and accept, until the invitation would have expired and while the amount is free.',
  linkOptOut: 'Never invite me again',
  linkOptOutTitle: 'No more e-mail to this address?',
  linkOptOutText:
    'We send no invitation, reminder or news to the address that got this e-mail, no matter who asks. You can undo it: sign in with the address.',
  linkOptOutSure: 'Yes, I got this e-mail and want no more',
  linkOptedOut: 'Done. We send no more e-mail to this address, except codes to sign in. You can undo it: sign in with the address.',
  linkOptedOutHere: 'Done. We send no more e-mail to this address, except codes to sign in.',
  linkSure: 'Tick the box first, so that no program that checks your e-mail does this for you.',
  linkUndo: 'Sign in to undo it',

  // No more e-mail
  optOutTitle: 'E-mail from Private Lending',
  optOutText: 'If you do not want e-mail from us, say so here. It is for the address that got the e-mail with this link.',
  optOutIncomplete:
    'The address of this page is incomplete. Open the whole link of the e-mail: it ends with a long row of letters and digits. Or sign in.',
  optOutSignIn: 'Sign in to get e-mail again',
  resumeTitle: 'Get e-mail again',
  resumeText:
    'If you have stopped all e-mail to {address}, you can have it sent again: invitations, reminders, and news of your loans.',
  resume: 'Send me e-mail again',
  resumed: 'Done. We send e-mail to {address} again.',
} as const;
