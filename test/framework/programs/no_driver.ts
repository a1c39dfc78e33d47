/** A module that a driver's `binary` can point to by mistake. */
export const something = "else";
