import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { CookieOptions } from 'hono/utils/cookie';
import type { Env } from '../hono-env.ts';

/*
 * The cookies of a browser: one holds a sealed reference to its session, the other a sign-in that it has begun. By https both are
 * bound to the host by the prefix `__Host-`, so that no other host of the domain can set or replace them.
 */

export type CookieKind = 'session' | 'sign-in';

/** A sign-in ends with a navigation from the issuer's site, for which a browser sends no strict cookie. */
const SAME_SITE = { session: 'Strict', 'sign-in': 'Lax' } as const;

function cookieName(kind: CookieKind, ownOrigin: string): string {
  return `${isHttps(ownOrigin) ? '__Host-' : ''}lending-${kind}`;
}

export function readCookie(context: Context<Env>, kind: CookieKind): string | undefined {
  return getCookie(context, cookieName(kind, context.var.ownOrigin()));
}

export function writeCookie(context: Context<Env>, kind: CookieKind, value: string, maxAgeSeconds: number): void {
  setCookie(context, cookieName(kind, context.var.ownOrigin()), value, { ...optionsOf(context, kind), maxAge: maxAgeSeconds });
}

export function clearCookie(context: Context<Env>, kind: CookieKind): void {
  deleteCookie(context, cookieName(kind, context.var.ownOrigin()), optionsOf(context, kind));
}

function optionsOf(context: Context<Env>, kind: CookieKind): CookieOptions {
  return { path: '/', httpOnly: true, secure: isHttps(context.var.ownOrigin()), sameSite: SAME_SITE[kind] };
}

function isHttps(origin: string): boolean {
  return origin.startsWith('https:');
}
