"""Timeline to sound: what is heard, mixed, treated and measured."""
