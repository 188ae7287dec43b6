/** What a provider documents of the addresses at its own domains. Sources: docs/mailboxes.md. */
interface MailProvider {
  /** Domains of organizations at the provider are not among them: there other rules hold. */
  readonly domains: readonly string[];
  /** The domain that names the mailbox, where a name belongs to one user at all domains. */
  readonly mainDomain?: string;
  /** Characters of a name that the provider ignores. */
  readonly ignored?: RegExp;
  /**
   * Separates a base name from a keyword, as `+` does everywhere. No account has it in its name, and the base name may be another
   * user's account.
   */
  readonly keywordSeparator?: string;
  /** Whether `tag@name.domain` is `name+tag@domain`. */
  readonly hasSubdomains?: boolean;
}

const YAHOO_COUNTRIES = [
  ...['ca', 'cl', 'co.id', 'co.in', 'co.nz', 'co.th', 'co.uk', 'co.za', 'com', 'com.ar', 'com.au', 'com.br', 'com.co', 'com.hk'],
  ...['com.mx', 'com.my', 'com.pe', 'com.ph', 'com.sg', 'com.tr', 'com.tw', 'com.ve', 'com.vn', 'de', 'dk', 'es', 'fi', 'fr', 'gr'],
  ...['ie', 'in', 'it', 'nl', 'no', 'pl', 'ro', 'se'],
];

/** @internal exported for tests */
export const MAIL_PROVIDERS = {
  gmail: { domains: ['gmail.com', 'googlemail.com'], mainDomain: 'gmail.com', ignored: /\./g },
  proton: {
    domains: ['proton.me', 'protonmail.com', 'protonmail.ch', 'pm.me'],
    mainDomain: 'proton.me',
    ignored: /[._-]/g,
  },
  icloud: { domains: ['icloud.com', 'me.com', 'mac.com'], mainDomain: 'icloud.com' },
  yandex: {
    domains: ['yandex.ru', 'yandex.com', 'yandex.by', 'yandex.kz', 'yandex.ua', 'ya.ru'],
    mainDomain: 'yandex.ru',
  },
  yahoo: {
    domains: [...YAHOO_COUNTRIES.map((country) => `yahoo.${country}`), 'ymail.com', 'rocketmail.com'],
    keywordSeparator: '-',
  },
  fastmail: {
    domains: ['fastmail.com', 'fastmail.fm', 'ftml.net', 'myfastmail.com', 'sent.com', 'warpmail.net'],
    hasSubdomains: true,
  },
} as const satisfies Readonly<Record<string, MailProvider>>;

const PROVIDER_BY_DOMAIN: ReadonlyMap<string, MailProvider> = new Map(
  Object.values<MailProvider>(MAIL_PROVIDERS).flatMap((provider) => provider.domains.map((domain) => [domain, provider])),
);

export function providerOf(domain: string): MailProvider | undefined {
  return PROVIDER_BY_DOMAIN.get(domain);
}
