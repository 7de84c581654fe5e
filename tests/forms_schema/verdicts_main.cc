// Reads {"schema": ..., "value": ...} a line, writes one word a line: valid, invalid,
// "refused <why>" or "unreadable <why>". The other side of differential.mjs.
#include "forms_schema/verdict.h"

#include <iostream>

int main() {
  using namespace daybook;
  std::ios::sync_with_stdio(false);
  json::Parser parser;
  std::string line;
  while (std::getline(std::cin, line)) {
    const auto pair = parser.parse(line, false);
    if (!pair.ok()) {
      std::cout << "unreadable " << pair.error().message << "\n";
      continue;
    }
    const auto verdict = forms_schema::verdict_of(*pair->find("schema"), *pair->find("value"));
    if (!verdict.compiled) {
      std::cout << "refused " << verdict.refused << "\n";
    } else if (verdict.told == verdict.valid) {
      std::cout << "at odds with itself\n";
    } else {
      std::cout << (verdict.valid ? "valid\n" : "invalid\n");
    }
  }
  return 0;
}
