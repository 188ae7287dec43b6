/** Settings without daily limits, except for those of a mailbox. */
export const NO_MAIL_LIMITS = {
  MAILS_PER_DAY: '0',
  SENDER_MAILS_PER_DAY: '0',
  NETWORK_MAILS_PER_DAY: '0',
  DOMAIN_MAILS_PER_DAY: '0',
  PACING: 'off',
} as const;
