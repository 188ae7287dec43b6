/*
 * The one table. Attribute names are short because DynamoDB bills an item's names with its values.
 *
 * | attribute | type   | holds                                                          |
 * | --------- | ------ | -------------------------------------------------------------- |
 * | pk, sk    | string | the key's partition and sort                                   |
 * | v         | number | the version                                                    |
 * | c         | string | the command that wrote it                                      |
 * | d         | string | the data, as JSON; binary, from 1000 bytes on: deflated        |
 * | ip, is    | string | the index entry, if any                                        |
 * | x         | number | `expiresAt` in epoch milliseconds, if any                      |
 * | ttl       | number | epoch seconds after which DynamoDB may delete the item, if any |
 */

/** The table's schema, in development and in production. */
export const LAYOUT = {
  partition: 'pk',
  sort: 'sk',
  index: { name: 'by-entry', partition: 'ip', sort: 'is' },
  expiry: 'ttl',
} as const;
