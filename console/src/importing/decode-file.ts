/** The server takes no more. */
export const FILE_BYTES_MAX = 4 * 1024 * 1024;

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

export type DecodedFile =
  | { readonly text: string; readonly encoding: Encoding }
  | { readonly problem: 'empty' | 'tooLarge' | 'workbook' | 'notText' };

/** Begins a ZIP file, as workbooks of Excel and LibreOffice are, and the older files of Excel. */
const WORKBOOKS = [
  [0x50, 0x4b, 0x03, 0x04],
  [0xd0, 0xcf, 0x11, 0xe0],
];

/** Decodes a file of lenders: the server takes UTF-8 only, and spreadsheets also write UTF-16 and Windows-1252. */
export function decodeFile(bytes: Uint8Array): DecodedFile {
  if (bytes.length > FILE_BYTES_MAX) return { problem: 'tooLarge' };
  if (WORKBOOKS.some((start) => start.every((byte, index) => bytes[index] === byte))) return { problem: 'workbook' };
  const [first, second] = bytes;
  const encoding = first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  const decoded = decode(bytes, encoding);
  if ('problem' in decoded || decoded.text.trim() !== '') return decoded;
  return { problem: 'empty' };
}

function decode(bytes: Uint8Array, encoding: Encoding): DecodedFile {
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return text.includes('\0') ? { problem: 'notText' } : { text, encoding };
  } catch {
    return encoding === 'utf-8' ? decode(bytes, 'windows-1252') : { problem: 'notText' };
  }
}
