/** Three bars that add up to a whole: contributions to a loan. Readable at 16 pixels, on light and dark tabs. */
export const favicon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0f6b58"/><path fill="#fff" d="M7 17h5v8H7zM13.500 12h5v13h-5zM20 7h5v18h-5z"/></svg>`;
