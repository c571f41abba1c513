/** Does nothing for three seconds: the block that it sees is the machine's doing, and nobody's here. */
import { setTimeout as delay } from 'node:timers/promises';
import { measure, tell } from '../measure.js';

async function main(): Promise<void> {
  const measured = await measure(async () => {
    await delay(3000);
    return { items: 0, kept: true };
  });
  tell({ kind: 'measured', measured });
}

void main();
