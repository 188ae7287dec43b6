/** A file as the import reads it. The amounts have a point and no thousands separators, which can be read in one way only. */
export const EXAMPLE_FILE = [
  'email,contribution_amount,name',
  'ann@example.com,1500.00,Ann Lee',
  'ben@example.com,250.50,Ben Okafor',
  'cleo@example.com,99.00,',
  '',
].join('\r\n');
