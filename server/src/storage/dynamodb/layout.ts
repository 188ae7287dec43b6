/*
 * How items lie in the one table. Names are short because DynamoDB bills every item's names with its values.
 *
 * | attribute | type   | holds                                                       |
 * | --------- | ------ | ----------------------------------------------------------- |
 * | pk, sk    | string | the key's partition and sort                                |
 * | v         | number | the version                                                 |
 * | c         | string | the command that wrote it                                   |
 * | d         | string | the data, as JSON                                           |
 * | ip, is    | string | the index entry; on items that have one                     |
 * | x         | number | epoch milliseconds when it expires; on items that do        |
 * | ttl       | number | epoch seconds after which DynamoDB may drop it; on the same |
 */

/** Also what the table is made by, in development and in production. */
export const LAYOUT = {
  partition: 'pk',
  sort: 'sk',
  index: { name: 'by-entry', partition: 'ip', sort: 'is' },
  expiry: 'ttl',
} as const;
