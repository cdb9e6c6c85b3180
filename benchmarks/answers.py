from app.answers.index import fit
from app.answers.entries import Entry
from app.answers.search import search
import os
_E=None
def enc():
    global _E
    if _E is None:
        from app.flowfile.encoder import Use
        _E=Use()
    return _E
class A:
    def fit(s,entries,lang=None): s.i=fit([Entry(e['id'],tuple(e['questions'])) for e in entries], None if os.environ.get('LEX') else enc())
    def query(s,t,top=5):
        a=search(s.i,t); return {'ranked':[[r.id,r.score] for r in a.ranked[:top]],'decision':a.decision}
def make(): return A()
