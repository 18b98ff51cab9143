// @ts-check
// What is asked when an interview begins while the server cannot be reached.

/** @import {Question} from "./types.js" */

/** @type {[type: string, category: string, timeLimit: number, question: string][]} */
const ASKED = [
  [
    "hr",
    "Introduction",
    180,
    "Please introduce yourself: what have you been working on lately, and what brought you there?",
  ],
  [
    "behavioral",
    "Achievement",
    240,
    "Tell us about a piece of work you are proud of. What was your own part in it?",
  ],
  [
    "behavioral",
    "Problem solving",
    240,
    "Describe a hard problem you solved. How did you find out what was wrong, and what did you try first?",
  ],
  [
    "behavioral",
    "Teamwork",
    240,
    "Tell us about a time when you and a colleague disagreed about how to do something. How did it end?",
  ],
  [
    "behavioral",
    "Failure",
    240,
    "Describe something that went wrong and that you were responsible for. What did you change afterwards?",
  ],
  [
    "behavioral",
    "Learning",
    180,
    "What did you have to learn quickly in the last year, and how did you go about it?",
  ],
  [
    "behavioral",
    "Priorities",
    180,
    "When several things are urgent at once, how do you decide what to do first? Give an example.",
  ],
  [
    "behavioral",
    "Communication",
    180,
    "Explain something from your field to a person who knows nothing about it. Choose the subject yourself.",
  ],
  [
    "behavioral",
    "Feedback",
    180,
    "Which criticism of your work has helped you most, and what did you do with it?",
  ],
  [
    "hr",
    "Way of working",
    180,
    "In what kind of team and surroundings do you do your best work, and what keeps you from it?",
  ],
  [
    "hr",
    "Motivation",
    180,
    "Why does this role interest you, and what would you like to have achieved in it after one year?",
  ],
  [
    "hr",
    "Closing",
    180,
    "What have we not asked that we should know about you, and what would you like to know from us?",
  ],
];

/** @type {readonly Question[]} */
export const BUILTIN_QUESTIONS = Object.freeze(
  ASKED.map(([type, category, timeLimit, question], index) =>
    Object.freeze({
      index,
      id: null,
      question,
      type,
      category,
      difficulty: "intermediate",
      timeLimit,
    }),
  ),
);
