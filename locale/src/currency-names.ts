import { INTL_LOCALES, type Language } from './languages.ts';

/** Of currencies that browsers do not all know. */
const NAMES: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  BOV: { en: 'Bolivian Mvdol', de: 'Bolivianischer Mvdol' },
  CHE: { en: 'WIR Euro', de: 'WIR-Euro' },
  CHW: { en: 'WIR Franc', de: 'WIR-Franken' },
  CLF: { en: 'Chilean Unit of Account (UF)', de: 'Chilenische Verrechnungseinheit (UF)' },
  COU: { en: 'Colombian Real Value Unit', de: 'Kolumbianische Realwerteinheit' },
  MXV: { en: 'Mexican Investment Unit', de: 'Mexikanische Investitionseinheit' },
  SLE: { en: 'Sierra Leonean Leone', de: 'Sierra-leonischer Leone' },
  USN: { en: 'US Dollar (Next Day)', de: 'US-Dollar (nächster Tag)' },
  UYI: { en: 'Uruguayan Peso (Indexed Units)', de: 'Uruguayischer Peso (indexierte Einheiten)' },
  UYW: { en: 'Uruguayan Nominal Wage Index Unit', de: 'Uruguayische Nominallohnindex-Einheit' },
  VED: { en: 'Venezuelan Digital Bolívar', de: 'Venezolanischer Digitaler Bolívar' },
  XAD: { en: 'Arab Accounting Dinar', de: 'Arabischer Rechnungsdinar' },
  XCG: { en: 'Caribbean Guilder', de: 'Karibischer Gulden' },
  ZWG: { en: 'Zimbabwe Gold', de: 'Simbabwe-Gold' },
};

/** @returns a function that names a currency of ISO 4217 in the language; it returns the code of an unknown one */
export function currencyNames(language: Language): (code: string) => string {
  const names = new Intl.DisplayNames(INTL_LOCALES[language], { type: 'currency', fallback: 'code' });
  return (code) => NAMES[code]?.[language] ?? names.of(code) ?? code;
}
