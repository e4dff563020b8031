/**
 * `${VAR}` and its relatives in the strings of a configuration file. Pure: the variables come in as an argument. A
 * string is expanded in full or not at all.
 */

/** The variables to expand with. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** The expanded text, or what is wrong with it; the message names variables, never their values. */
export type Expansion = { readonly text: string } | { readonly problems: readonly string[] };

const REFERENCE = /\$\$\{|\$\{([^{}]*)(\}|\{|$)/g;
const EXPRESSION = /^(?:env:)?([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;
const FOREIGN = /^(input|command|config|workspaceFolder|workspaceFolderBasename|userHome|file|pathSeparator|\/)(?::|$)/;

/**
 * Expand `${VAR}`, `${env:VAR}` and `${VAR:-default}`; `$${` stands for a literal `${`.
 *
 * As in a shell, the default is taken when the variable is not set or empty. Expanded values are not expanded again.
 */
export function expandVariables(text: string, variables: Variables): Expansion {
  const problems: string[] = [];
  const expanded = text.replaceAll(
    REFERENCE,
    (whole: string, expression: string | undefined, end: string | undefined) => {
      if (expression === undefined) return '${';
      const result =
        end === '}' ? evaluate(expression, variables) : { problem: 'has a ${ that is nested or not closed' };
      if ('text' in result) return result.text;
      problems.push(result.problem);
      return whole;
    },
  );
  return problems.length > 0 ? { problems: [...new Set(problems)] } : { text: expanded };
}

function evaluate(expression: string, variables: Variables): { text: string } | { problem: string } {
  const [, foreign] = FOREIGN.exec(expression) ?? [];
  const [, name, standard] = EXPRESSION.exec(expression) ?? [];
  const value = name !== undefined && Object.hasOwn(variables, name) ? variables[name] : undefined;
  if (value !== undefined && (value !== '' || standard === undefined)) return { text: value };
  if (standard !== undefined) return { text: standard };
  if (foreign !== undefined)
    return { problem: `uses \${${foreign}}, which only an editor can fill in; use a variable` };
  if (name === undefined) return { problem: 'has a ${…} that is not ${VAR}, ${VAR:-default} or ${env:VAR}' };
  return { problem: `needs the variable ${name}, which is not set and has no default` };
}
