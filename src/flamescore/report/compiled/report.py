"""`templates/report.html.j2`, compiled by `make docs`."""

# mypy: ignore-errors

MADE_OF = "f4a688da50c85272"
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'report.html.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0_policy = resolve('policy')
    l_0_page = resolve('page')
    l_0_style = resolve('style')
    l_0_notices = resolve('notices')
    l_0_data = resolve('data')
    l_0_script = resolve('script')
    l_0_part = missing
    try:
        t_1 = environment.filters['count']
    except KeyError:
        @internalcode
        def t_1(*unused):
            raise TemplateRuntimeError("No filter named 'count' found.")
    try:
        t_2 = environment.filters['day']
    except KeyError:
        @internalcode
        def t_2(*unused):
            raise TemplateRuntimeError("No filter named 'day' found.")
    try:
        t_3 = environment.filters['length']
    except KeyError:
        @internalcode
        def t_3(*unused):
            raise TemplateRuntimeError("No filter named 'length' found.")
    try:
        t_4 = environment.filters['moment']
    except KeyError:
        @internalcode
        def t_4(*unused):
            raise TemplateRuntimeError("No filter named 'moment' found.")
    try:
        t_5 = environment.filters['own']
    except KeyError:
        @internalcode
        def t_5(*unused):
            raise TemplateRuntimeError("No filter named 'own' found.")
    pass
    l_0_part = context.vars['part'] = environment.get_template('parts.html.j2', 'report.html.j2').make_module(context.get_all(), True, {'part': l_0_part})
    context.exported_vars.discard('part')
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="'
    yield escape((undefined(name='policy') if l_0_policy is missing else l_0_policy))
    yield '">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n<meta name="robots" content="noindex">\n<meta name="format-detection" content="telephone=no">\n<title>'
    yield escape(t_1(environment.getattr(environment.getitem(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'scores'), 0), 'to_call'), 'hot lead'))
    yield ', '
    yield escape(t_2(context, context.call(environment.getattr(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'as_of'), 'date'))))
    yield ' '
    yield escape(environment.getattr(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'as_of'), 'year'))
    yield '</title>\n<style>'
    yield escape((undefined(name='style') if l_0_style is missing else l_0_style))
    yield '</style>\n</head>\n<body>\n<a class="skip" href="#list">Skip to the call list</a>\n'
    yield escape(context.call(environment.getattr((undefined(name='part') if l_0_part is missing else l_0_part), 'symbols')))
    yield '\n<header class="top"><div class="wrap">\n<div class="brand"><svg viewBox="0 0 10.5 14" aria-hidden="true"><use href="#i"/></svg><span>Hot leads'
    if environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'redacted'):
        pass
        yield ', without names'
    yield '</span></div>\n<nav class="tabs" aria-label="Pages"><a href="#leads" data-view="leads">Call list</a><a href="#overview" data-view="overview">Overview</a><a href="#rules" data-view="rules">Rules</a><a href="#exports" data-view="exports">Exports'
    if (undefined(name='notices') if l_0_notices is missing else l_0_notices):
        pass
        yield ' <i>'
        yield escape(t_3((undefined(name='notices') if l_0_notices is missing else l_0_notices)))
        yield '<span class="vh"> '
        yield escape(('warning' if (t_3((undefined(name='notices') if l_0_notices is missing else l_0_notices)) == 1) else 'warnings'))
        yield '</span></i>'
    yield '</a></nav>\n<div class="when">'
    if (not environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'several')):
        pass
        yield escape(t_5(environment.getattr(environment.getitem(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'scores'), 0), 'title')))
        yield ' · '
    yield '<time datetime="'
    yield escape(context.call(environment.getattr(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'as_of'), 'isoformat')))
    yield '">'
    yield escape(t_4(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'as_of')))
    yield '</time></div>\n</div></header>\n<main>\n'
    template = environment.get_template('call_list.html.j2', 'report.html.j2')
    gen = template.root_render_func(template.new_context(context.get_all(), True, {'part': l_0_part}))
    try:
        for event in gen:
            yield event
    finally: gen.close()
    template = environment.get_template('overview.html.j2', 'report.html.j2')
    gen = template.root_render_func(template.new_context(context.get_all(), True, {'part': l_0_part}))
    try:
        for event in gen:
            yield event
    finally: gen.close()
    template = environment.get_template('rules.html.j2', 'report.html.j2')
    gen = template.root_render_func(template.new_context(context.get_all(), True, {'part': l_0_part}))
    try:
        for event in gen:
            yield event
    finally: gen.close()
    template = environment.get_template('exports.html.j2', 'report.html.j2')
    gen = template.root_render_func(template.new_context(context.get_all(), True, {'part': l_0_part}))
    try:
        for event in gen:
            yield event
    finally: gen.close()
    yield '</main>\n<footer class="wrap"><div class="foot">\n<span>28 (99%): 28 points, more than 99% of all contacts. Places count this list; the rank in the breakdown counts everyone.</span>\n<span class="keys"><kbd>/</kbd> find <kbd>j</kbd> <kbd>k</kbd> move <kbd>Enter</kbd> open <kbd>Esc</kbd> close</span>\n<span>Run '
    yield escape(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'run_id'))
    yield ' · rules '
    yield escape(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'rules_hash')[:8])
    yield ' · flamescore '
    yield escape(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'version'))
    yield '</span>\n'
    if environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'redacted'):
        pass
        yield '<span>For sharing: without names, companies, e-mail addresses and phone numbers; owners are numbered.</span>'
    yield '</div></footer>\n<script type="application/json" id="data">'
    yield escape((undefined(name='data') if l_0_data is missing else l_0_data))
    yield '</script>\n<script>'
    yield escape((undefined(name='script') if l_0_script is missing else l_0_script))
    yield '</script>\n</body>\n</html>'

blocks = {}
debug_info = '1=48&6=51&12=53&13=59&17=61&19=63&20=67&21=75&24=84&25=90&26=96&27=102&32=109&33=115&35=119&36=121'
