interface Recipient {
  readonly address: string;
  readonly name: string | null;
}

/** What the corpus put in place of addresses of those who gave it. */
const ANONYMIZED_LOCAL = /^(?:zzzz|yyyy|xxxx|jm)/i;
const ANONYMIZED_DOMAIN = /(?:^|\.)(?:taint\.org|netnoteinc\.com|jmason\.org|example\.com|localhost)$/i;

/** Recipients in the To and Cc of a mail, each once, without those that the corpus has made anonymous. */
export function recipientsOf(mail: string): Recipient[] {
  const end = mail.search(/\r?\n\r?\n/);
  const head = mail.slice(0, end < 0 ? undefined : end).replace(/\r?\n[ \t]+/g, ' ');
  const values = head.split(/\r?\n/).flatMap((line) => /^(?:to|cc):(.*)$/i.exec(line)?.[1] ?? []);
  const found = values.flatMap((value) => partsOf(value)).flatMap(recipientIn);
  const kept = found.filter(({ address }) => {
    const [local = '', domain = ''] = address.split('@');
    return !ANONYMIZED_LOCAL.test(local) && !ANONYMIZED_DOMAIN.test(domain);
  });
  return [...new Map(kept.map((recipient) => [recipient.address, recipient])).values()];
}

/** At commas outside of quotes. */
function partsOf(value: string): string[] {
  const parts: string[] = [''];
  let isQuoted = false;
  for (const character of value) {
    if (character === '"') isQuoted = !isQuoted;
    if (character === ',' && !isQuoted) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}

function recipientIn(part: string): Recipient[] {
  const [address] = /[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+/.exec(part) ?? [];
  if (!address) return [];
  const name = (part.includes('<') ? part.slice(0, part.indexOf('<')) : '').replaceAll('"', '').trim();
  return [{ address: address.toLowerCase(), name: name === '' || name.includes('@') ? null : name }];
}
