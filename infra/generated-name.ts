/**
 * The part of a logical id or output that stands for a name of the settings: `main-partner` is `MainPartner`. CloudFormation
 * takes letters and digits only, so that names which differ in dashes alone may give the same.
 */
export function generatedName(name: string): string {
  return name.replace(/(^|-)([a-z0-9])/g, (_, __, letter: string) => letter.toUpperCase()).replaceAll("-", "");
}
