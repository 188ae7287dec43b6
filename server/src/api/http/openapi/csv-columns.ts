import { columnHeaders } from '@private-lending/locale/column-names';

/** A column of a file of lenders. */
export interface CsvColumn {
  readonly name: string;
  readonly required: boolean;
  /** Names that its header may have: case, accents, spaces and punctuation are not compared. */
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
  {
    name: 'first_name',
    required: false,
    headers: columnHeaders.first_name,
    description: 'Where the name has two columns: the first of them.',
    example: 'Ben',
  },
  {
    name: 'last_name',
    required: false,
    headers: columnHeaders.last_name,
    description: 'Where the name has two columns: the second.',
    example: 'Berger',
  },
];
