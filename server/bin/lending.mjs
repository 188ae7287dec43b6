#!/usr/bin/env node
import { lending } from '../../tools/launch.mjs';

await lending(process.argv.slice(2));
