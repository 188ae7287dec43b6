// The commit-msg hook: refuses a commit whose subject is too long to be read in a list. Any Node runs it.
import { readFileSync } from 'node:fs';

const SUBJECT_LENGTH_MAX = 72;

const [file = ''] = process.argv.slice(2);
const subject = readFileSync(file, 'utf8')
  .split('\n')
  .find((line) => line.trim() !== '' && !line.startsWith('#'));
const length = [...(subject ?? '')].length;
if (length > SUBJECT_LENGTH_MAX) {
  process.stderr.write(
    `The commit's subject has ${length} characters; ${SUBJECT_LENGTH_MAX} is the most. Move details to the body.\n`,
  );
  process.exitCode = 1;
}
