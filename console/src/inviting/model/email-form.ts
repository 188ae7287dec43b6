/** A dot-atom of RFC 5321, with the letters and digits of every script (RFC 6531), as the server has it. */
const LOCAL = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
/** Of a domain, with the joiners and dots that some scripts need. */
const LABEL = /^[\p{L}\p{M}\p{N}](?:(?:[\p{L}\p{M}\p{N}\u00b7\u30fb-]|\u200c|\u200d)*[\p{L}\p{M}\p{N}])?$/u;
const LENGTH_MAX = 254;

/** Whether a text may be an address. The server has the last word, as only it knows all rules of domains. */
export function isEmailForm(text: string): boolean {
  const address = text.trim();
  const at = address.lastIndexOf('@');
  const labels = address.slice(at + 1).split(/[.\u3002\uff0e\uff61]/);
  if (address.length > LENGTH_MAX || !LOCAL.test(address.slice(0, Math.max(at, 0)))) return false;
  return labels.length > 1 && labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1) ?? '');
}

/** What addresses are compared by, nearly as the server does it. */
export function emailKey(text: string): string {
  const address = text.trim().normalize('NFC');
  const at = address.lastIndexOf('@');
  const local = address.slice(0, Math.max(at, 0)).toLowerCase();
  return `${local}@${asciiDomain(address.slice(at + 1))}`;
}

/** A domain and its `xn--` form are one. */
function asciiDomain(domain: string): string {
  const isPlain = /^[a-z0-9.-]*$/i.test(domain);
  const url = `http://${domain}`;
  return isPlain || /[/?#\\:@]/.test(domain) || !URL.canParse(url) ? domain.toLowerCase() : new URL(url).hostname;
}
