import { ApiError } from '../lib/errors.ts';
import type { Bot } from '../model/bot.ts';
import { idIn } from './builder.ts';
import type { Context } from './context.ts';
import { maySee } from './owner.ts';
import { refusal } from './scopes.ts';

/** @throws ApiError `NOT_FOUND` for a bot that is not there or not the caller's. */
export async function ownBot(id: string, argument: string, context: Context): Promise<Bot> {
  const key = idIn('Bot', id, argument);
  if (!context.identity) throw refusal(context);
  const bot = await context.bots.find(key);
  if (bot && maySee(bot.owner, context)) return bot;
  throw new ApiError('NOT_FOUND', 'There is nothing of yours with this id.', { argument });
}
