import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { pathNotFound } from '../../domain/errors.ts';
import type { Ids } from '../../domain/ids.ts';
import { malformedRequest } from './connections/malformed-request.ts';
import { writeRawResponse } from './raw-response.ts';
import { badRequest } from './request-body.ts';

/** Takes over a connection from HTTP. */
export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** By path; other paths are not found. */
export type Upgrades = Readonly<Record<string, Upgrade>>;

/** Requests for other protocols, such as curl's for HTTP/2, get a response in HTTP/1.1. */
export function isForWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket';
}

export function handleUpgrades(server: Server, upgrades: Upgrades, ids: Pick<Ids, 'request'>): void {
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const upgrade = isForWebSocket(request) ? upgrades[path] : undefined;
    const violation = malformedRequest(request);
    const error = violation === undefined ? pathNotFound() : badRequest(violation);
    if (upgrade && violation === undefined) upgrade(request, socket, head);
    else writeRawResponse(socket, { error, request, ids });
  });
}
