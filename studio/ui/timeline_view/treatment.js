// What sound is put through, of a clip or of a whole row: noise taken away, an equalizer, a compressor.

import { choice } from "./fields.js";

const EQS = { "": "None", voice: "Voice", warm: "Warm", bright: "Bright", full: "Full", "bass-cut": "Bass cut", "treble-cut": "Treble cut", telephone: "Telephone" };
const COMPRESSORS = { "": "None", gentle: "Gentle", voice: "Voice", strong: "Strong" };
const DENOISES = { "": "As recorded", light: "Light", strong: "Strong" };

export function treatment(one, change) {
  const pick = (label, field, names, hint) => choice(label, one[field] ?? "", names, (value) => change({ [field]: value || null }), hint);
  return [
    pick("Equalizer", "eq", EQS, "Which pitches are louder and which softer."),
    pick("Compressor", "compressor", COMPRESSORS, "Brings loud and quiet parts closer together."),
    pick("Noise", "denoise", DENOISES, "Takes hiss out of the pauses."),
  ];
}
