/** Of the API, for names of users. */
export const NAME_LENGTH_MAX = 80;
