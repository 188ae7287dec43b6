import { text } from 'node:stream/consumers';
import { attacks, type Target } from './attacks.ts';

/* A separate process, so that the attack's own work does not delay the measurement. Gets the attack's name and the target's JSON. */

const [name] = process.argv.slice(2);
const target: Target = JSON.parse(await text(process.stdin));
const attack = attacks.find((one) => one.name === name);
if (!attack) throw new Error(`there is no attack "${name}"`);
attack.start(target);
process.stdout.write('started\n');
