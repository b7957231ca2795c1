"""The same data, loaded twice into two homes in any order of sources, gives equal ledgers and graphs."""

from __future__ import annotations

from tests.two_ledgers import derived_of, differing, graph_of


def test_the_order_of_sources_does_not_matter(company, undisturbed, tmp_path):
    with company.open(undisturbed) as c360:
        names = [source.name for source in c360.project.sources]
        one, derived = graph_of(c360), derived_of(c360)
    company.loaded(tmp_path, *reversed(names))

    with company.open(tmp_path) as c360:
        assert differing(derived, derived_of(c360)) == {}
        assert differing(one, graph_of(c360)) == {}


def test_loading_at_once_again_gives_an_equal_graph(company, undisturbed, tmp_path):
    company.loaded(tmp_path)

    with company.open(undisturbed) as one, company.open(tmp_path) as other:
        assert differing(derived_of(one), derived_of(other)) == {}
        assert differing(graph_of(one), graph_of(other)) == {}
