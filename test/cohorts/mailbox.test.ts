import { describe, expect, test } from 'vitest';
import { Mailbox } from '../../src/cohorts/mailbox.ts';

describe('a mailbox', () => {
  test('detaches before return() returns, also while a pull is parked', async () => {
    const mailbox = new Mailbox('request');
    let detached = 0;
    mailbox.onClosed(() => detached++);
    const parked = mailbox.next();
    const returned = mailbox.return();
    expect(detached).toBe(1);
    expect(mailbox.closed).toBe(true);
    expect(await parked).toEqual({ done: true, value: undefined });
    expect(await returned).toEqual({ done: true, value: undefined });
  });

  test('gives the parked pull the error it is ended with', async () => {
    const mailbox = new Mailbox('request');
    const parked = mailbox.next();
    mailbox.end(new Error('slow'));
    await expect(parked).rejects.toThrow('slow');
    expect(await mailbox.next()).toEqual({ done: true, value: undefined });
  });

  test('gives an error that came before the pull to the next one, once', async () => {
    const mailbox = new Mailbox('request');
    mailbox.end(new Error('early'));
    await expect(mailbox.next()).rejects.toThrow('early');
    expect(await mailbox.next()).toEqual({ done: true, value: undefined });
  });

  test('ends once: the first end counts, and who comes late is told at once', async () => {
    const mailbox = new Mailbox('request');
    let detached = 0;
    mailbox.onClosed(() => detached++);
    mailbox.end();
    mailbox.end(new Error('later'));
    mailbox.onClosed(() => (detached += 10));
    expect(detached).toBe(11);
    expect(await mailbox.next()).toEqual({ done: true, value: undefined });
  });
});
