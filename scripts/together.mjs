// Runs test files in this one process: starting one for each takes longer than what pure tests do.
import { pathToFileURL } from 'node:url';

for (const file of process.argv.slice(2)) await import(pathToFileURL(file).href);
