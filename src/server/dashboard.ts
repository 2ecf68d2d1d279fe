import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { constants, gzipSync } from 'node:zlib';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** What is compressed already, or too small to be worth it, is sent as it is. */
const COMPRESSED = new Set(['.html', '.js', '.css', '.svg']);

/** Files whose names hold a hash of what is in them: a browser need never ask for one again. */
const HASHED = '/assets/';

/**
 * The page runs its own files and talks to this server alone. Nothing inline, nothing from elsewhere, no text that
 * becomes markup or code.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

interface Asset {
  readonly type: string;
  readonly body: Buffer;
  readonly gzipped: Buffer | null;
  readonly etag: string;
}

/** The web application, as it was built: read once, answered from memory. */
export class Dashboard {
  readonly #assets = new Map<string, Asset>();

  /** @param folder of the build; where there is none, nothing is ever answered. */
  constructor(folder: URL) {
    const root = fileURLToPath(folder);
    if (!existsSync(root)) return;
    for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = join(entry.parentPath, entry.name);
      const path = `/${relative(root, file).replaceAll(sep, '/')}`;
      this.#assets.set(path === '/index.html' ? '/' : path, assetOf(file));
    }
  }

  /** False for what is none of its files, and for what only asks to read a page. */
  answer(path: string, { method, headers }: IncomingMessage, response: ServerResponse): boolean {
    const asset = this.#assets.get(path);
    if (!asset || (method !== 'GET' && method !== 'HEAD')) return false;
    response.setHeader('content-security-policy', POLICY);
    response.setHeader('cache-control', path.startsWith(HASHED) ? 'public, max-age=31536000, immutable' : 'no-cache');
    response.setHeader('etag', asset.etag);
    response.setHeader('vary', 'Accept-Encoding');
    if (headers['if-none-match'] === asset.etag) {
      response.writeHead(304).end();
      return true;
    }
    const zips = asset.gzipped !== null && /\bgzip\b/.test(String(headers['accept-encoding'] ?? ''));
    const body = zips ? (asset.gzipped as Buffer) : asset.body;
    if (zips) response.setHeader('content-encoding', 'gzip');
    response.writeHead(200, { 'content-type': asset.type, 'content-length': body.length });
    response.end(method === 'HEAD' ? undefined : body);
    return true;
  }
}

function assetOf(file: string): Asset {
  const body = readFileSync(file);
  const kind = extname(file);
  return {
    type: TYPES[kind] ?? 'application/octet-stream',
    body,
    gzipped: COMPRESSED.has(kind) ? gzipSync(body, { level: constants.Z_BEST_COMPRESSION }) : null,
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
  };
}
