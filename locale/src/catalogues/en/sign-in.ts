export const messages = {
  title: 'Sign in',
  // Beside the form: what this is
  lead: 'Borrow from people you know, on terms that everyone can read.',
  pointTerms: 'Everyone sees what is paid back each month and in all before they say yes.',
  pointPrivate: 'Only the people whom a borrower invites see the loan.',
  pointFree: 'No password and no fees. An acceptance can be withdrawn as long as the loan is open.',
  toContinue: 'Then you come straight back to where you were going.',
  signedOut: 'You are signed out.',
  signedOutElsewhere: 'You were signed out elsewhere, or your session has ended. Sign in to continue; what you typed is kept.',
  // By e-mail
  intro: 'Enter your e-mail address, and we send you a code. There is no password, and nothing to register.',
  email: 'E-mail address',
  emailInvalid: 'Enter a whole address, such as ana@example.com.',
  name: 'Your name, if you like',
  nameHint: 'Others see it beside your address. Leave it empty to keep the one you have.',
  sendCode: 'Send me a code',
  codeTitle: 'Enter the code from your e-mail',
  codeSent: 'We sent a code of 8 digits to {address}. It is valid until {time}.',
  codeNotThere: 'It can take a minute. If it does not come, look in your spam folder.',
  codeLimit:
    'No further code can be sent for now, as many were sent already. You can have one sent again from {time}. Until then, use the code of the newest e-mail if you have one.',
  code: 'Code of 8 digits',
  codeIncomplete: 'The code has 8 digits.',
  codeWrong: {
    '=0': 'This code is wrong too, and it was the last try. Have a new one sent.',
    one: 'This is not the code of the newest e-mail. You have one more try.',
    other: 'This is not the code of the newest e-mail. You have {count} more tries.',
  },
  codeExpired: 'The code of {time} has expired. Have a new one sent.',
  codeEnded: 'This code can’t be used any more. Have a new one sent.',
  signIn: 'Sign in',
  newCode: 'Send a new code',
  newCodeIn: {
    one: 'A new code can be sent in {count} second.',
    other: 'A new code can be sent in {count} seconds.',
  },
  newCodeSent: 'A new code is on its way to {address}. The one before does not work any more.',
  otherAddress: 'Use another address',
  // The link of the e-mail
  linkTitle: 'Sign in as {address}?',
  linkText: 'The code from your e-mail is filled in. Choose “Sign in” to use it.',
  otherLink:
    'The link that you opened is from an older e-mail, or was asked for in another browser. Its code does not work here: enter the code of the newest e-mail.',
  elsewhereTitle: 'This link belongs to another browser',
  elsewhereText:
    'A code works only where it was asked for, so that nobody else can use your e-mail. Go back to the page that said “Enter the code from your e-mail”, and type it there:',
  elsewhereLost: 'Is that page gone, or did you ask more than 10 minutes ago?',
  signInHere: 'Sign in here with a new code',
  // At an OpenID Connect issuer
  issuerText: 'You sign in at {issuer}, and come back here.',
  issuerContinue: 'Continue to sign in',
  errorDenied: 'You did not finish signing in. Nothing has happened.',
  errorExpired: 'That took too long, or it was begun in another window. Try again.',
  errorUnverified: 'The sign-in did not confirm your e-mail address. Confirm it there first, then try again.',
  errorUnavailable: 'The sign-in can’t be reached at the moment. Try again in a while.',
  errorFailed: 'Signing in did not work. Try again. If it happens again, tell the people who run this site: {error}.',
  // The local issuer
  localWarning:
    'This server is for development: anyone can sign in as anyone, without proof. Do not enter real names, addresses or amounts.',
  localChoices: 'Sign in with one click as',
  // Signed in
  alreadyTitle: 'You are signed in',
  alreadyText: 'You are signed in as {address}.',
  continue: 'Continue',
  switchAccount: 'Sign in with another address',
} as const;
