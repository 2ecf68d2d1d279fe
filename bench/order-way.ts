/** Loaded into the processes that orders go through: when each order passed which step, written to a file when the process ends. */
import { subscribe } from 'node:diagnostics_channel';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ORDER_WAY, type OrderPassing } from '../src/store/order-way.ts';
import { wallMs } from './wall.ts';

const folder = process.env['ORDER_WAY_DIR'] ?? '';
const passings: string[] = [];
const seen = new Set<string>();

subscribe(ORDER_WAY, (message) => {
  const { step, order } = message as OrderPassing;
  const name = `${step} ${order.clientOrderId}`;
  // What comes of an order later is another way.
  if (seen.has(name)) return;
  seen.add(name);
  passings.push(`${name} ${wallMs()}`);
});

process.once('exit', () => writeFileSync(join(folder, `${process.pid}`), passings.join('\n')));
