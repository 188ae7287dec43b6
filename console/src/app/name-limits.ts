/** Of the API, for names of users and lenders. */
export const NAME_LENGTH_MAX = 80;
