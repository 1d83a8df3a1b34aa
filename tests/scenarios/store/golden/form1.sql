INSERT INTO projects VALUES ('p1', 'Fair', '2026-01-01T12:00:00.000000+00:00', 'Ann', NULL);
INSERT INTO scenarios VALUES ('20260101-120000-0000beef', 'p1', 'crossroads', 1, '2026-01-01T12:00:00.000000+00:00', 'Ann', NULL);
INSERT INTO rows VALUES ('20260101-120000-0000beef', 'scenario', 'name', '"Old"');
INSERT INTO rows VALUES ('20260101-120000-0000beef', 'changes', 'aa', '{"kind":"session","place":1,"values":{"attendance":5,"id":"x","title":"X"}}');
INSERT INTO edits VALUES ('20260101-120000-0000beef', 1, 'Ann', 'done');
INSERT INTO trail (at, who, scenario, revision, what, text, before, after, origin) VALUES ('2026-01-01T12:00:01.000000+00:00', 'Ann', '20260101-120000-0000beef', 1, 'edit', 'X expects 5 people.', '{"changes/aa":null}', '{"changes/aa":{"kind":"session","place":1,"values":{"attendance":5,"id":"x","title":"X"}}}', '');
