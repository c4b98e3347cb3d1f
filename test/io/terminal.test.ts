import { expect, it } from 'vitest';
import { readTerminal } from '../../src/io/terminal.ts';

it.each([
  { name: 'a terminal', isTTY: true, environment: {}, canRedraw: true, hasColours: true },
  { name: 'a pipe', isTTY: false, environment: {}, canRedraw: false, hasColours: false },
  {
    name: 'a dumb terminal',
    isTTY: true,
    environment: { TERM: 'dumb' },
    canRedraw: false,
    hasColours: false,
  },
  { name: 'NO_COLOR', isTTY: true, environment: { NO_COLOR: '1' }, canRedraw: true, hasColours: false },
  {
    name: 'an empty NO_COLOR',
    isTTY: true,
    environment: { NO_COLOR: '' },
    canRedraw: true,
    hasColours: true,
  },
  {
    name: 'FORCE_COLOR',
    isTTY: false,
    environment: { FORCE_COLOR: '1' },
    canRedraw: false,
    hasColours: true,
  },
  {
    name: 'FORCE_COLOR=0',
    isTTY: true,
    environment: { FORCE_COLOR: '0' },
    canRedraw: true,
    hasColours: false,
  },
  {
    name: 'NO_COLOR beside FORCE_COLOR',
    isTTY: true,
    environment: { NO_COLOR: '1', FORCE_COLOR: '1' },
    canRedraw: true,
    hasColours: false,
  },
])('knows what $name can show', ({ isTTY, environment, canRedraw, hasColours }) => {
  expect(readTerminal({ isTTY }, environment)).toEqual({ isTerminal: isTTY, canRedraw, hasColours });
});
