/**
 * The fields of a form: whether a server asked for one that there is, and whether what a person gave fits it. A `pattern`
 * is left to the server: run here, one that the server chose could hold up this host for ever. Source: MCP 2025-11-25,
 * "Elicitation", "Requested Schema".
 */

import type { ElicitRequestFormParams } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { isRecord } from '../config/record.ts';
import { isListOf, isOptional, isText } from './foreign-value.ts';

type Form = ElicitRequestFormParams['requestedSchema'];
type Content = Readonly<Record<string, unknown>>;

/** Formats that are looked at; of any other a server may think what it likes. */
const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  email: (text) => z.email().safeParse(text).success,
  uri: (text) => URL.canParse(text),
  date: (text) => z.iso.date().safeParse(text).success,
  'date-time': (text) => z.iso.datetime({ offset: true }).safeParse(text).success,
};

/** Whether a value is a form: flat, and of fields that a person can fill in. */
export function isForm(value: unknown): value is Form {
  if (!isRecord(value) || value['type'] !== 'object' || !isRecord(value['properties'])) return false;
  return (
    Object.values(value['properties']).every(isField) && isOptional(value['required'], (list) => isListOf(list, isText))
  );
}

/** Whether what a person gave is what the form asks for. More than it asks for is no mistake. */
export function fits(form: Form, content: Content): boolean {
  const fields = Object.entries(form.properties);
  return (
    (form.required ?? []).every((name) => Object.hasOwn(content, name)) &&
    fields.every(([name, field]) => !Object.hasOwn(content, name) || isFilled(field, content[name]))
  );
}

function isField(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { type, title, description, default: given } = value;
  if (!isOptional(title, isText) || !isOptional(description, isText)) return false;
  switch (type) {
    case 'string':
      return areNumbers(value, 'minLength', 'maxLength') && areChoices(value) && isOptional(given, isText);
    case 'number':
    case 'integer':
      return areNumbers(value, 'minimum', 'maximum') && isOptional(given, Number.isFinite);
    case 'boolean':
      return isOptional(given, (each) => typeof each === 'boolean');
    case 'array': {
      const isGiven = isOptional(given, (list) => isListOf(list, isText));
      return (
        areNumbers(value, 'minItems', 'maxItems') && isRecord(value['items']) && areChoices(value['items']) && isGiven
      );
    }
    default:
      return false;
  }
}

function isFilled(field: Content, value: unknown): boolean {
  switch (field['type']) {
    case 'string':
      return (
        isText(value) &&
        isChoice(field, value) &&
        isWithin(Array.from(value).length, field['minLength'], field['maxLength']) &&
        hasFormat(field, value)
      );
    case 'number':
      return Number.isFinite(value) && isWithin(value as number, field['minimum'], field['maximum']);
    case 'integer':
      return Number.isInteger(value) && isWithin(value as number, field['minimum'], field['maximum']);
    case 'boolean':
      return typeof value === 'boolean';
    default: {
      if (!isListOf(value, isText) || !isWithin(value.length, field['minItems'], field['maxItems'])) return false;
      return value.every((each) => isChoice(field['items'] as Content, each));
    }
  }
}

function areNumbers(value: Content, ...names: string[]): boolean {
  return names.every((name) => isOptional(value[name], Number.isFinite));
}

function areChoices(value: Content): boolean {
  const isTitled = (each: unknown): each is object => isRecord(each) && isText(each['const']);
  return (
    isOptional(value['enum'], (list) => isListOf(list, isText)) &&
    ['oneOf', 'anyOf'].every((name) => isOptional(value[name], (list) => isListOf(list, isTitled)))
  );
}

/** Whether a text is one of those that may be chosen; any is where there is nothing to choose from. */
function isChoice(field: Content, text: string): boolean {
  const titled = (field['oneOf'] ?? field['anyOf']) as { readonly const: string }[] | undefined;
  const choices = (field['enum'] as string[] | undefined) ?? titled?.map((each) => each.const);
  return choices?.includes(text) ?? true;
}

function hasFormat({ format }: Content, text: string): boolean {
  const has = isText(format) && Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
  return has?.(text) ?? true;
}

function isWithin(number: number, least: unknown, most: unknown): boolean {
  return (least === undefined || number >= (least as number)) && (most === undefined || number <= (most as number));
}
