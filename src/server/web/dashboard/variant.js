// Enum values as the server writes them.

/** The name and the fields of `"name"` or `{ "name": { … } }`. */
export const variant = (value) => (typeof value === "string" ? [value, {}] : Object.entries(value)[0]);
