export const messages = {
  // Who asks for what
  pageTitle: '{borrower} asks you to lend {amount}',
  pageTitleAsked: '{borrower} asked you to lend {amount}',
  pageTitleAccepted: 'You lend {amount} to {borrower}',
  verifiedAddress: 'Verified address: {address}',
  purpose: 'For:',
  whoHint: 'Accept only if you know them.',

  // The answer
  answerTitle: 'Your answer',
  answerBy: 'Please answer by {time}. After that the invitation ends by itself.',
  accept: 'Accept {amount}',
  acceptConsequence:
    'If you accept, you can withdraw as long as the loan is open. Withdrawing is final for this invitation, and so is declining here: you can lend after that only if you are invited again. No money moves here.',
  acceptAfterAllConsequence:
    'If you accept, you can withdraw as long as the loan is open. Withdrawing is final for this invitation, and so is leaving it declined. No money moves here.',
  amountChanged: 'The amount has changed from {before} to {amount}.',
  'conflict.amount': 'Nothing is agreed yet: {borrower} has just changed the amount. Read it again before you accept.',
  'conflict.taken': 'You can’t accept any more: the amount was given to others since. Ask {address} for a new invitation.',
  'conflict.ended': 'Your answer came too late. This is what became of the invitation in the meantime.',
  decline: 'Decline',
  'title.decline': 'Decline this invitation?',
  'consequence.decline':
    '{borrower} gets an e-mail that you declined. It is final for this invitation: you can lend only if they invite you again.',
  'title.confirmDecline': 'Leave it declined?',
  'consequence.confirmDecline':
    '{borrower} knows already that this invitation was declined. After this you can’t undo it: you can lend only if they invite you again.',
  'confirm.confirmDecline': 'Leave it declined',
  'confirm.decline': 'Decline',
  keep: 'Go back',
  withdraw: 'Withdraw my acceptance',
  'title.withdraw': 'Withdraw your acceptance?',
  'consequence.withdraw':
    'You lend nothing then, and {borrower} gets an e-mail that you have withdrawn. It is final for this invitation: you can lend only if they invite you again.',
  'confirm.withdraw': 'Withdraw',

  // States
  acceptedTitle: 'You have accepted',
  acceptedText: 'You lend {amount} to {borrower} at {rate} interest a year.',
  acceptedNext:
    'We will write to you when the loan is complete. Then you and {address} agree on how and when you pay. You can withdraw as long as the loan is open, and not after that. Withdrawing is final for this invitation.',
  fundedTitle: 'The loan is complete',
  fundedText: 'You lend {amount} to {borrower} at {rate} interest a year.',
  closedTitle: 'The loan was closed at {accepted} of {total}',
  fundedNext: 'Now agree with {address} on how and when you pay. You can’t withdraw any more.',
  declinedTitle: 'You have declined',
  declinedText: 'You lend nothing. This is final for this invitation. If you want to lend after all, ask {address} for a new one.',
  withdrawnTitle: 'You have withdrawn',
  withdrawnText:
    'You had accepted, and lend nothing now. This is final for this invitation. If you want to lend after all, ask {address} for a new one.',
  declinedByLinkTitle: 'Declined by the link of the e-mail',
  declinedByLinkText:
    'It was declined from the e-mail, without signing in. If that was not you, or was a mistake, you can still accept until {time}, as long as the loan is open and the amount is free.',
  declinedByLinkEnded:
    'It was declined from the e-mail, without signing in. That can’t be undone any more. If you want to lend after all, ask {address} for a new invitation.',
  acceptAfterAll: 'Accept {amount} after all',
  keepDeclined: 'Leave it declined',
  expiredTitle: 'This invitation has expired',
  expiredText: 'It ended on {time}, without an answer. If you want to lend, ask {address} for a new one.',
  revokedTitle: 'This invitation was revoked',
  revokedText: '{borrower} has revoked it. There is nothing for you to do.',
  completeTitle: 'The loan is complete without you',
  completeText: 'It was completed before you answered. There is nothing for you to do.',
  closedWithoutTitle: 'The loan was closed without you',
  closedWithoutText: 'It was closed at {accepted} of {total} before you answered. There is nothing for you to do.',
  cancelledTitle: 'The loan was cancelled',
  acceptedCancelledText: 'You had agreed to lend {amount}.',
  cancelledText: '{borrower} has cancelled it. Nobody lends or owes anything because of it.',

  // The terms
  termsTitle: 'All terms',
  termsAmount: 'Your part',
  print: 'Print, or save as PDF',
  printedOn: 'As of {time}',
  termsBorrower: 'Who asks',
  termsLoan: 'The whole loan',
  termsAskedFor: 'Originally asked for',
  termsRate: 'Interest',
  termsRateValue: '{rate} a year',
  termsTerm: 'Term',
  termsMonths: { one: '{count} month', other: '{count} months' },
  termsYou: 'Invited address',
  termsInvited: 'Invited on',
  termsAnswerBy: 'Answer by',
  termsId: 'Loan number',

  // What happened since
  historyTitle: 'What has happened',
  historyAccepted: 'Accepted so far: {accepted} of {amount}.',
  eventCreated: '{borrower} asked for {amount}',
  eventInvited: 'You were invited to lend {amount}',
  eventChanged: 'Your amount was changed to {amount}',
  eventAccepted: 'You agreed to lend {amount}',
  eventDeclined: 'You declined',
  eventWithdrawn: 'You withdrew: you had agreed to lend {amount}',
  eventDeclinedByLink: 'Declined by the link of the e-mail',
  eventRevoked: 'Your invitation was revoked',
  eventExpired: 'Your invitation expired',
  eventFunded: 'The loan is complete: {amount}',
  eventClosed: '{borrower} closed the loan at {amount}',
  eventCancelled: '{borrower} cancelled the loan',
  live: 'This page keeps itself up to date.',
  lost: 'As of {time}, reconnecting …',
  ended: 'As of {time}. This page is not updated any more, as your invitation has ended.',
  announceChanged: 'The invitation has changed.',

  loadFailedTitle: 'The invitation can’t be shown',
  // Not the invited address
  notInvitedTitle: 'No invitation for this address',
  notInvitedText:
    'You are signed in as {address}, and there is no invitation for this address here. An invitation belongs to the address that its e-mail was sent to.',
  switchAccount: 'Sign out, and sign in with another address',
  allInvitations: 'All my invitations and loans',
  ownLoanTitle: 'This is your own loan',
  ownLoanText: 'You asked others for it, so you can’t lend to it.',
  ownLoanOpen: 'Open the loan',

  // The link of an e-mail, without signing in
  linkTitle: 'You are invited to lend',
  linkText:
    'Somebody you may know asks you to take part in a loan. The e-mail that brought you here says who, how much, and until when you can answer.',
  linkEndedTitle: 'This invitation has ended',
  linkEndedText:
    'The borrower revoked it, it expired, or the loan was completed or cancelled. There is nothing for you to do. If you want to lend, ask the borrower for a new invitation.',
  linkReplacedTitle: 'There is a newer invitation',
  linkReplacedText: 'You were invited again after this e-mail was sent. Open the link of the newest e-mail, or sign in.',
  linkAccountTitle: 'This invitation was answered',
  linkAccountText: 'Only the person who answered it can see it, or change what was answered. If that is you, sign in.',
  linkDeclinedBefore:
    'It was declined from the e-mail, without signing in. If that was not you, or was a mistake, sign in and accept by the date in the e-mail, as long as the loan is open and the amount is free.',
  linkSignIn: 'Sign in to see the invitation',
  linkSignInHint: 'With the address that the e-mail was sent to: a code by e-mail is enough. Nothing is agreed before you accept.',
  linkSignInHintOther: 'With the address that the e-mail was sent to. Nothing is agreed before you accept.',
  linkWithoutTitle: 'Without signing in',
  linkWithoutTitleOther: 'For the address of the e-mail',
  linkWithoutTextOther:
    'The link that you opened is of an e-mail to another address. What you do here is for that address, and not for {address}.',
  linkWithoutText: 'You can also decline here. Nobody learns more about you than that.',
  linkIncomplete:
    'The address of this page is incomplete, so you can’t decline here. Open the whole link of the e-mail: it ends with a long row of letters and digits.',
  linkDecline: 'Decline',
  linkDeclineTitle: 'Decline without signing in?',
  linkDeclineText:
    'The borrower learns that you declined. If it was a mistake, you can still undo it: sign in and accept by the date in the e-mail, as long as the loan is open and the amount is free.',
  linkDeclineSure: 'Yes, I got this e-mail and want to decline',
  linkDeclinedTitle: 'You have declined',
  linkDeclined:
    'Declined. You can undo it: sign in and accept by the date in the e-mail, as long as the loan is open and the amount is free.',
  linkOptOut: 'Stop all e-mail to me',
  linkOptOutTitle: 'Stop all e-mail to you?',
  linkOptOutText:
    'We send no invitation, reminder or news to the address that got this e-mail, no matter who asks. Others can still invite the address: you then see it only when you sign in. You can undo it: sign in with the address.',
  linkOptOutSure: 'Yes, I got this e-mail and want no more',
  linkOptedOut: 'Done. We send no more e-mail to this address, except codes to sign in. You can undo it: sign in with the address.',
  linkOptedOutHere: 'Done. We send no more e-mail to this address, except codes to sign in.',
  linkSure: 'Tick the box first. Programs that check e-mail press buttons, too, but they should not decide for you.',
  linkUndo: 'Sign in to undo it',

  // No more e-mail
  optOutTitle: 'E-mail from Private Lending',
  optOutText: 'If you do not want e-mail from us, say so here. It is for the address that got the e-mail with this link.',
  optOutBySignedIn: 'To stop all e-mail to {address}, use the link at the end of any e-mail that it got from us.',
  optOutIncomplete:
    'The address of this page is incomplete. Open the whole link of the e-mail: it ends with a long row of letters and digits. Or sign in.',
  optOutSignIn: 'Sign in to get e-mail again',
  resumeTitle: 'Get e-mail again',
  resumeText:
    'If you have stopped all e-mail to {address}, you can have it sent again: invitations, reminders, and news of your loans.',
  resumeTextStopped:
    'E-mail is stopped. If it was for {address}, you can have it sent again: invitations, reminders, and news of your loans.',
  resume: 'Send me e-mail again',
  resumed: 'Done. We send e-mail to {address} again.',
} as const;
