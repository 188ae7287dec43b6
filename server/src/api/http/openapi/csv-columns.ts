import { columnHeaders } from '../../csv/columns.ts';

/** A column of a file of lenders. */
export interface CsvColumn {
  readonly name: string;
  readonly required: boolean;
  /** Accepted as its header, in any case; a space may also be a hyphen or an underscore. The first is its name. */
  readonly headers: readonly string[];
  readonly description: string;
  readonly example: string;
}

export const csvColumns: readonly CsvColumn[] = [
  {
    name: 'email',
    required: true,
    headers: columnHeaders.email,
    description: 'The address to invite, at most 254 characters.',
    example: 'ben@example.com',
  },
  {
    name: 'contribution_amount',
    required: true,
    headers: columnHeaders.contribution_amount,
    description:
      'Above 0, in major units of the loan’s currency, with at most its decimals. Digit groups and a decimal comma are accepted where they have only one reading: `5000`, `49.99`, `49,99`, `5,000.00`, `1 234,50`.',
    example: '5000',
  },
  {
    name: 'name',
    required: false,
    headers: columnHeaders.name,
    description: 'Display name, at most 80 characters on one line.',
    example: 'Ben',
  },
];
